/** Which shapes of which machines hold a model, its context and its sequences; what is nearest where none does. Pure. */
import { type FitShape, gpusOf, objectionTo, shapesOn } from './fit-shapes.ts';
import type { FitCatalogue, PrecisionSupport, ServingMachine } from './gpu-facts.ts';
import { type FitRequest, type GpuMemory, longestContext, memoryOf } from './gpu-memory.ts';
import type { WeightFormat } from './model-facts.ts';

export interface FittedShape extends FitShape {
  readonly gpus: number;
  readonly memory: GpuMemory;
  readonly support: PrecisionSupport;
  /** Of the GPUs that are used; a node is paid whole. Absent: unknown. */
  readonly usdPerHour?: number;
}

export type FitAnswer =
  | { readonly kind: 'fits'; readonly shapes: readonly [FittedShape, ...FittedShape[]] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Refusal {
  /** The one that comes nearest: its arithmetic shows what is missing. Absent: no shape is accepted by vLLM. */
  readonly nearest?: FittedShape;
  readonly objections: readonly string[];
  readonly instead: readonly Instead[];
}

/** What would fit, each by a change of one thing. */
export type Instead =
  | { readonly change: 'context'; readonly contextTokens: number; readonly shape: FittedShape }
  | { readonly change: 'sequences'; readonly sequences: number; readonly shape: FittedShape }
  /** So many of the shape, which together cost `totalUsdPerHour`. */
  | {
      readonly change: 'replicas';
      readonly replicas: number;
      readonly totalUsdPerHour?: number;
      readonly shape: FittedShape;
    }
  | { readonly change: 'precision'; readonly format: WeightFormat; readonly shape: FittedShape }
  | { readonly change: 'machine'; readonly shape: FittedShape }
  /** What the engine may keep for itself at most: less is computed at once. */
  | { readonly change: 'reserve'; readonly reserveGib: number; readonly shape: FittedShape };

/** `machines`: those that may be used; all of the catalogue when left out. */
export function fit(
  request: FitRequest,
  catalogue: FitCatalogue,
  machines: readonly ServingMachine[] = catalogue.machines,
): FitAnswer {
  const [first, ...others] = fittingShapes(request, catalogue, machines);
  if (first !== undefined) return { kind: 'fits', shapes: [first, ...others] };
  return { kind: 'refused', refusal: refusalOf(request, catalogue, machines) };
}

/** All that hold it, smallest first. */
function fittingShapes(
  request: FitRequest,
  catalogue: FitCatalogue,
  machines: readonly ServingMachine[],
): readonly FittedShape[] {
  return acceptedShapes(request, catalogue, machines)
    .filter((shape) => holds(shape, request))
    .toSorted(bySize);
}

export function holds({ memory }: Pick<FittedShape, 'memory'>, { sequences }: Pick<FitRequest, 'sequences'>): boolean {
  return memory.maxSequences >= sequences;
}

/** What vLLM would start in, whether it fits or not. */
export function acceptedShapes(
  request: FitRequest,
  catalogue: FitCatalogue,
  machines: readonly ServingMachine[],
): readonly FittedShape[] {
  return machines.flatMap((machine) =>
    shapesOn(machine, request.model)
      .filter((shape) => objectionTo(shape, request.model, request.format) === undefined)
      .map((shape) => fitted(shape, request, catalogue)),
  );
}

export function fitted(shape: FitShape, request: FitRequest, catalogue: FitCatalogue): FittedShape {
  const gpus = gpusOf(shape);
  const { price, gpuCount, gpu } = shape.machine;
  return {
    ...shape,
    gpus,
    memory: memoryOf(shape, request, catalogue),
    support: catalogue.support[gpu.generation][request.format.precision],
    ...(price !== undefined && { usdPerHour: (price.usdPerHour * gpus) / gpuCount }),
  };
}

/** By memory of all its GPUs; then the machine with fewest idle GPUs, which are paid too; then by price, the unknown last. */
function bySize(one: FittedShape, other: FittedShape): number {
  return (
    sizeGib(one) - sizeGib(other) ||
    one.machine.gpuCount - other.machine.gpuCount ||
    (one.usdPerHour ?? Number.MAX_VALUE) - (other.usdPerHour ?? Number.MAX_VALUE) ||
    other.tensor - one.tensor
  );
}

function sizeGib({ gpus, memory }: FittedShape): number {
  return gpus * memory.gpuGib;
}

/** Of each GPU the smallest that fits, for tensor and for expert parallelism: a table that can be read. */
export function smallestPerGpu(shapes: readonly FittedShape[]): readonly FittedShape[] {
  const seen = new Set<string>();
  return shapes.filter(({ machine, parallelism }) => {
    const key = `${machine.gpu.acceleratorType} ${parallelism}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** `objections` are of all shapes: they are told only where no shape is accepted. */
function refusalOf(request: FitRequest, catalogue: FitCatalogue, machines: readonly ServingMachine[]): Refusal {
  const accepted = acceptedShapes(request, catalogue, machines);
  const nearest = accepted.toSorted(byRoom)[0];
  const objections = machines.flatMap((machine) =>
    shapesOn(machine, request.model).flatMap((shape) => objectionTo(shape, request.model, request.format) ?? []),
  );
  return {
    ...(nearest !== undefined && { nearest }),
    objections: [...new Set(objections)],
    instead: [
      ...shorterContext(accepted, request, catalogue),
      ...fewerSequences(nearest),
      ...moreReplicas(accepted, request),
      ...otherPrecisions(request, catalogue, machines),
      ...otherMachines(request, catalogue, machines),
      ...smallerReserve(accepted, request, catalogue),
    ],
  };
}

/** Most sequences first; where not even one fits, most room. */
function byRoom(one: FittedShape, other: FittedShape): number {
  return other.memory.maxSequences - one.memory.maxSequences || other.memory.kvRoomGib - one.memory.kvRoomGib;
}

/** Shorter ones hold no conversation: offering them would be no help. */
const LEAST_CONTEXT_TOKENS = 1024;

/** With as many sequences as before, on whichever shape holds the longest. */
function shorterContext(
  accepted: readonly FittedShape[],
  request: FitRequest,
  catalogue: FitCatalogue,
): readonly Instead[] {
  const longest = accepted
    .map((shape) => ({ shape, contextTokens: longestContext(shape, request, catalogue) }))
    .toSorted((one, other) => other.contextTokens - one.contextTokens)[0];
  if (longest === undefined || longest.contextTokens < LEAST_CONTEXT_TOKENS) return [];
  const { contextTokens } = longest;
  const shape = fitted(longest.shape, { ...request, contextTokens }, catalogue);
  return [{ change: 'context', contextTokens, shape }];
}

/** On the nearest shape, which holds most of them. */
function fewerSequences(nearest: FittedShape | undefined): readonly Instead[] {
  const sequences = nearest?.memory.maxSequences ?? 0;
  return nearest === undefined || sequences === 0 ? [] : [{ change: 'sequences', sequences, shape: nearest }];
}

/** Sequences are of a replica, so several hold what one cannot: the fewest GPUs that do, by their memory. */
function moreReplicas(accepted: readonly FittedShape[], { sequences }: FitRequest): readonly Instead[] {
  const ways = accepted
    .filter(({ memory }) => memory.maxSequences > 0)
    .map((shape) => ({ shape, replicas: Math.ceil(sequences / shape.memory.maxSequences) }));
  const least = ways.toSorted(
    (one, other) =>
      one.replicas * sizeGib(one.shape) - other.replicas * sizeGib(other.shape) || one.replicas - other.replicas,
  )[0];
  if (least === undefined) return [];
  const { usdPerHour } = least.shape;
  const price = usdPerHour === undefined ? {} : { totalUsdPerHour: usdPerHour * least.replicas };
  return [{ change: 'replicas', ...least, ...price }];
}

/** Of formats that are published for this model: nobody is told to quantize. */
function otherPrecisions(
  request: FitRequest,
  catalogue: FitCatalogue,
  machines: readonly ServingMachine[],
): readonly Instead[] {
  const others = request.model.formats.filter(({ precision }) => precision !== request.format.precision);
  return others.flatMap((format) => {
    const [shape] = fittingShapes({ ...request, format }, catalogue, machines);
    return shape === undefined ? [] : [{ change: 'precision', format, shape } as const];
  });
}

/** Only where the machines were restricted: else there are no others. */
function otherMachines(
  request: FitRequest,
  catalogue: FitCatalogue,
  machines: readonly ServingMachine[],
): readonly Instead[] {
  const others = catalogue.machines.filter((machine) => !machines.includes(machine));
  const [shape] = fittingShapes(request, catalogue, others);
  return shape === undefined ? [] : [{ change: 'machine', shape }];
}

/** The smallest shape that would do with less for the engine itself, as far as anybody has seen it start with so little. */
function smallerReserve(
  accepted: readonly FittedShape[],
  request: FitRequest,
  catalogue: FitCatalogue,
): readonly Instead[] {
  if (request.reserveGib !== undefined) return [];
  const least = Math.min(...catalogue.reserves.map(({ profiledGib }) => profiledGib)) + catalogue.engine.cudaGraphs.gib;
  const shape = accepted.toSorted(bySize).find((one) => spareGib(one, request) >= least);
  if (shape === undefined) return [];
  const reserveGib = Math.floor(spareGib(shape, request) * 10) / 10;
  return [{ change: 'reserve', reserveGib, shape: fitted(shape, { ...request, reserveGib }, catalogue) }];
}

/** Of each GPU, when the weights and all sequences are in it. */
function spareGib({ memory, data }: FittedShape, { sequences }: FitRequest): number {
  return memory.usableGib - memory.weightsGib - Math.ceil(sequences / data) * memory.sequenceGib;
}
