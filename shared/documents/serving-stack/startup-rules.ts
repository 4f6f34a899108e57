/** What a quick start depends on. */
import { safetyOf } from '../../domain/serving/safety-defaults.ts';
import type { StackRule } from './rule.ts';

const imageDiskIsFound: StackRule = ({ project, spec: { startup } }) => {
  const disk = startup?.imageDisk;
  if (disk === undefined || disk.project !== undefined || project !== undefined) return [];
  const rule = 'must be there, as spec.project is not: the image is found by both';
  return [
    { field: 'spec.startup.imageDisk.project', value: undefined, rule, fix: 'name the project of the disk image' },
  ];
};

/** The disk belongs to the pool; a pod can only ask for one that GKE makes for it. */
const poolIsMadeForTheDisk: StackRule = ({ spec: { startup, hardware } }) => {
  if (startup?.imageDisk === undefined || hardware.nodePool === undefined) return [];
  const rule = `must be left out with spec.hardware.nodePool (${hardware.nodePool}), whose nodes have their disks already`;
  const fix = 'remove it, and create the pool with --secondary-boot-disk';
  return [{ field: 'spec.startup.imageDisk', value: { ...startup.imageDisk }, rule, fix }];
};

/** vLLM docs/usage/security.md: in development mode /collective_rpc runs any method of the engine, and no key protects it. */
const sleepersAreInside: StackRule = ({ spec: { startup, gateway } }) => {
  if (startup?.sleep === undefined || gateway?.className !== 'gke-l7-regional-external-managed') return [];
  const rule = 'must be left out behind a gateway of the internet: whoever reaches the server may run code in it';
  return [{ field: 'spec.startup.sleep', value: { ...startup.sleep }, rule, fix: 'use gke-l7-rilb, or remove sleep' }];
};

const sleepersAreGuarded: StackRule = (stack) => {
  const { sleep } = stack.spec.startup ?? {};
  const { enabled, gatewayRanges } = safetyOf(stack).networkPolicies;
  if (sleep === undefined || (enabled && gatewayRanges.length > 0)) return [];
  const rule = 'must be left out while anybody may reach the server, and so run code in it';
  const fix = 'name the proxy-only subnet in spec.safety.networkPolicies.gatewayRanges, or remove sleep';
  return [{ field: 'spec.startup.sleep', value: { ...sleep }, rule, fix }];
};

export const startupRules: readonly StackRule[] = [
  imageDiskIsFound,
  poolIsMadeForTheDisk,
  sleepersAreInside,
  sleepersAreGuarded,
];
