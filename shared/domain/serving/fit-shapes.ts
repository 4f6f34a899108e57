/** In which ways GPUs of a machine can share a model, smallest first; which of them vLLM accepts. */
import type { ServingMachine } from './gpu-facts.ts';
import type { ModelFacts, WeightFormat } from './model-facts.ts';

/** A replica on `nodes` nodes. tensor x pipeline x data = nodes x gpusPerNode, as in a ServingStack's role. */
export interface FitShape {
  readonly machine: ServingMachine;
  /** `tensor`: inside a node, with a pipeline between nodes. `expert`: every GPU a rank with attention of its own, experts over all. */
  readonly parallelism: 'tensor' | 'expert';
  readonly nodes: number;
  readonly gpusPerNode: number;
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
}

/** Ranks of tensor parallelism are powers of two: the heads of all known models divide by nothing else that fits a node. */
const TENSOR_SIZES = [1, 2, 4, 8, 16];
/** Nobody publishes a serving group that is larger (llm-d/llm-d guides/wide-ep-lws takes 2 nodes a role). */
export const MAX_NODES = 8;

export function shapesOn(machine: ServingMachine, model: ModelFacts): readonly FitShape[] {
  const parts = TENSOR_SIZES.filter((size) => size <= machine.gpuCount);
  const more = machine.between === 'none' ? 0 : Math.min(MAX_NODES, model.layers) - 1;
  const groups = Array.from({ length: more }, (_, index) => index + 2);
  return [
    ...parts.map((gpus) => tensorShape(machine, 1, gpus)),
    ...groups.map((nodes) => tensorShape(machine, nodes, machine.gpuCount)),
    ...(model.experts === undefined ? [] : expertShapes(machine, groups)),
  ];
}

/** Every token goes to other GPUs in every layer: whole nodes with NVLink, and RDMA between them (llm-d/llm-d guides/wide-ep-lws). */
function expertShapes(machine: ServingMachine, groups: readonly number[]): readonly FitShape[] {
  if (machine.between === 'none') return [];
  const nodes = machine.between === 'rdma' ? [1, ...groups] : [1];
  return nodes.map((count) => expertShape(machine, count));
}

function tensorShape(machine: ServingMachine, nodes: number, gpusPerNode: number): FitShape {
  return { machine, parallelism: 'tensor', nodes, gpusPerNode, tensor: gpusPerNode, pipeline: nodes, data: 1 };
}

function expertShape(machine: ServingMachine, nodes: number): FitShape {
  const { gpuCount: gpusPerNode } = machine;
  return { machine, parallelism: 'expert', nodes, gpusPerNode, tensor: 1, pipeline: 1, data: nodes * gpusPerNode };
}

export function gpusOf({ nodes, gpusPerNode }: Pick<FitShape, 'nodes' | 'gpusPerNode'>): number {
  return nodes * gpusPerNode;
}

/** Why vLLM would not start in this shape, whatever the memory; undefined: it would. */
export function objectionTo(shape: FitShape, model: ModelFacts, format: WeightFormat): string | undefined {
  const { tensor, parallelism } = shape;
  const { attentionHeads, cache, experts } = model;
  if (attentionHeads % tensor !== 0) return `${attentionHeads} attention heads cannot be divided among ${tensor} ranks`;
  if (cache.kind === 'grouped' && cache.heads % tensor !== 0 && tensor % cache.heads !== 0) {
    return `${cache.heads} KV heads can be neither divided among ${tensor} ranks nor copied to them evenly`;
  }
  const { blockSize } = format;
  if (blockSize === undefined || experts === undefined || parallelism === 'expert') return undefined;
  const share = experts.intermediateSize / tensor;
  if (share % blockSize === 0) return undefined;
  return `experts of ${experts.intermediateSize} divided by ${tensor} are ${share}, no multiple of the ${blockSize} that share a scale`;
}
