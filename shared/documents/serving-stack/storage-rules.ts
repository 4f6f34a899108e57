/** What storage cannot be at once, and what it needs to be found. */
import { parseCidr } from '../../domain/cidr.ts';
import type { Problem } from '../../domain/problem.ts';
import type { WeightsFrom } from '../../domain/serving/storage.ts';
import { type Weights, asksHuggingFace, storageOf } from '../../domain/serving/storage-defaults.ts';
import type { StackRule } from './rule.ts';

/** In the words of the document; none of them is Hugging Face. */
const places = [
  'bucket',
  'hyperdiskMl',
  'lustre',
  'claim',
  'bootDisk',
] as const satisfies readonly (keyof WeightsFrom)[];

/** Two would be mounted at one path. */
const weightsComeFromOnePlace: StackRule = ({ spec: { storage } }) => {
  const written = storage?.weights;
  if (written === undefined) return [];
  const named = places.filter((place) => written[place] !== undefined);
  if (named.length === 1) return [];
  const fix = named.length === 0 ? 'remove it, for Hugging Face' : 'keep the one that they are loaded from';
  return [{ field: 'spec.storage.weights', value: named, rule: `must be one of ${places.join(', ')}`, fix }];
};

const ways = ['secret', 'secretManager', 'none'] as const;

/** `none` is a way, too: it says that nothing is to be mounted. */
const tokenIsOne: StackRule = ({ spec: { storage } }) => {
  const written = storage?.token;
  if (written === undefined) return [];
  const named = ways.filter((way) => written[way] !== undefined);
  if (named.length === 1) return [];
  const fix = named.length === 0 ? 'remove it, for the default Secret' : 'keep the one that has the token';
  return [{ field: 'spec.storage.token', value: named, rule: `must be one of ${ways.join(', ')}`, fix }];
};

/** A disk that is there is mounted to be read only: with `fill` it would be another one. */
const diskIsThereOrFilled: StackRule = ({ spec: { storage } }) => {
  const disk = storage?.weights?.hyperdiskMl;
  if (disk === undefined || (disk.disk === undefined) !== (disk.fill === undefined)) return [];
  const rule = 'must have disk or fill, one of the two';
  const fix = 'name the disk that is there, or the bucket that a new one is filled from';
  return [{ field: 'spec.storage.weights.hyperdiskMl', value: { ...disk }, rule, fix }];
};

/** The schema knows the shape only, which 300.1.1.1 has, too. */
const addressIsOne: StackRule = ({ spec: { storage } }) => {
  const ip = storage?.weights?.lustre?.ip;
  if (ip === undefined || parseCidr(`${ip}/32`) !== undefined) return [];
  const fix = 'gcloud lustre instances describe shows it as mountPoint';
  return [{ field: 'spec.storage.weights.lustre.ip', value: ip, rule: 'must be an IPv4 address', fix }];
};

/** Disks, instances and secrets are found by their full path. */
const projectIsNamed: StackRule = (stack) => {
  if (stack.project !== undefined) return [];
  const { weights, token } = storageOf(stack);
  const rule = 'must be left out without spec.project, in which it is looked for';
  const fix = 'add spec.project';
  return [
    ...inProject(weights).map((field) => ({
      field: `spec.storage.weights.${field}`,
      value: valueOf(weights),
      rule,
      fix,
    })),
    ...(token.from === 'secret-manager'
      ? [{ field: 'spec.storage.token.secretManager', value: token.name, rule, fix }]
      : []),
  ];
};

function inProject(weights: Weights): readonly string[] {
  if (weights.from === 'lustre') return ['lustre'];
  return weights.from === 'hyperdiskMl' && weights.disk !== undefined ? ['hyperdiskMl.disk'] : [];
}

function valueOf(weights: Weights): string | undefined {
  if (weights.from === 'lustre') return weights.instance;
  return weights.from === 'hyperdiskMl' ? weights.disk : undefined;
}

/** What only Hugging Face understands would read like a promise. */
const hubSettingsNeedTheHub: StackRule = (stack) => {
  if (asksHuggingFace(stack)) return [];
  const { from } = storageOf(stack).weights;
  const problem = (field: string, value: Problem['value'], fix: string): Problem => {
    return {
      field,
      value,
      rule: `must be left out with spec.storage.weights.${from}: nothing is asked of Hugging Face`,
      fix,
    };
  };
  const { revision } = stack.spec.model;
  const token = stack.spec.storage?.token;
  return [
    ...(revision === undefined ? [] : [problem('spec.model.revision', revision, 'pin the folder by its name instead')]),
    ...(token === undefined ? [] : [problem('spec.storage.token', { ...token }, 'remove it')]),
  ];
};

/** A limit that nobody enforces would read like a promise. */
const sizeIsOfThePod: StackRule = (stack) => {
  const { keptBy, sizeGib } = storageOf(stack).cache;
  if (keptBy === 'pod' || sizeGib === undefined) return [];
  const rule = 'must be left out for a cache of the node, which Kubernetes does not count';
  return [
    { field: 'spec.storage.cache.sizeGib', value: sizeGib, rule, fix: 'remove it, or let the pod keep the cache' },
  ];
};

/** Else the folder would be on the boot disk, which is small, slow, and the node's own. */
const nodeHasLocalSsds: StackRule = (stack) => {
  const { machineType, localSsdCount } = stack.machine;
  if (storageOf(stack).cache.keptBy === 'pod' || localSsdCount > 0) return [];
  const rule = `must be pod on ${machineType}, which has no local SSDs`;
  return [{ field: 'spec.storage.cache.keptBy', value: 'node', rule, fix: 'remove it' }];
};

export const storageRules: readonly StackRule[] = [
  weightsComeFromOnePlace,
  tokenIsOne,
  diskIsThereOrFilled,
  addressIsOne,
  projectIsNamed,
  hubSettingsNeedTheHub,
  sizeIsOfThePod,
  nodeHasLocalSsds,
];
