import { hasRdma } from '../../domain/serving/verification-defaults.ts';
import type { StackRule } from './rule.ts';

/** TCPXO has a daemon and a plugin of its own, and A4X a fabric beside its NICs. */
const networkIsThere: StackRule = (stack) => {
  if (stack.spec.verification?.network !== true || hasRdma(stack)) return [];
  const { rdma, machine } = stack;
  const rule = `must be false but where pods get RDMA NICs of RoCE: here they get ${rdma} (hardware.rdma), of ${machine.fabric}`;
  return [{ field: 'spec.verification.network', value: true, rule, fix: 'remove it, or attach the NICs' }];
};

/** The address of a Gateway is known once it is there. A Service reaches one port of pods that each do all of the work. */
const loadHasAnAddress: StackRule = ({ spec, roles }) => {
  const { load } = spec.verification ?? {};
  const isReached = spec.gateway === undefined && roles.length === 1 && roles.every(({ ports }) => ports.count === 1);
  if (load === undefined || load.url !== undefined || isReached) return [];
  const rule =
    'must be there where the stack has no Service: with a gateway, prefill and decode, or several ranks in a pod';
  const fix = 'add the address of the gateway, e.g. http://10.0.0.5 (kubectl get gateway)';
  return [{ field: 'spec.verification.load.url', value: undefined, rule, fix }];
};

/** A host name, as pods of an indexed Job have them: `<stack>-network-check-0`. */
const MAX_LETTERS = 63 - '-network-check-0'.length;

const podsHaveHostNames: StackRule = ({ name, spec }) => {
  if (spec.verification === undefined || name.length <= MAX_LETTERS) return [];
  const rule = `must have at most ${MAX_LETTERS} letters: host names of its test pods begin with it`;
  return [{ field: 'metadata.name', value: name, rule, fix: `shorten it by ${name.length - MAX_LETTERS}` }];
};

export const verificationRules: readonly StackRule[] = [networkIsThere, loadHasAnAddress, podsHaveHostNames];
