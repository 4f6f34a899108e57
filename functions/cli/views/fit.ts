/** Which machines hold a model: the table, the arithmetic of one row, what was assumed, where the figures are from. Pure. */
import { counted } from '#shared/domain/counted.ts';
import {
  type FitAnswer,
  type FittedShape,
  type Instead,
  type Refusal,
  smallestPerGpu,
} from '#shared/domain/serving/fit.ts';
import { arithmeticOf, gib, gpusText, parallelismText, tokens } from '#shared/domain/serving/fit-words.ts';
import { MAX_NODES } from '#shared/domain/serving/fit-shapes.ts';
import type { FitCatalogue } from '#shared/domain/serving/gpu-facts.ts';
import { type FitRequest, reserveOf } from '#shared/domain/serving/gpu-memory.ts';
import { kvBytesPerToken } from '#shared/domain/serving/model-facts.ts';
import { type Line, plain, span } from '../text/line.ts';
import { alignCells, toTable } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';

export interface FitView {
  readonly request: FitRequest;
  readonly catalogue: FitCatalogue;
  /** Machine types that a ServingStack can name. */
  readonly stackMachines: readonly string[];
  /** The one machine that was asked for: all its shapes are shown then, else the smallest of each GPU. */
  readonly machineType?: string;
  readonly columns: number;
}

export function fitLines(answer: FitAnswer, view: FitView): readonly Line[] {
  const explained = answer.kind === 'fits' ? answer.shapes[0] : answer.refusal.nearest;
  return [
    ...headLines(view.request),
    plain(''),
    ...(answer.kind === 'fits' ? tableLines(answer.shapes, view) : refusalLines(answer.refusal, view)),
    ...(explained === undefined ? [] : arithmeticLines(explained, view)),
    plain(''),
    ...listLines('Assumed', assumptionsOf(view), view.columns),
    plain(''),
    ...listLines('Sources', sourcesOf(explained, view), view.columns),
  ];
}

function headLines({ model, format, sequences, contextTokens }: FitRequest): readonly Line[] {
  const { total, active } = model.parameters;
  const size = active === total ? billions(total) : `${billions(total)}, ${billions(active)} active`;
  const weights = format.repository === undefined ? format.precision : `${format.precision} (${format.repository})`;
  return [
    [span(model.id, 'bold'), span(`  ${size} parameters, weights in ${weights}`)],
    plain(`${counted(sequences, 'sequence')} of ${tokens(contextTokens)} tokens at the same time`),
  ];
}

/** What fits, and below it what of the table is not plain to see; a note stands only where it applies. */
function tableLines(shapes: readonly FittedShape[], view: FitView): readonly Line[] {
  const { machineType, columns } = view;
  const shown = machineType === undefined ? smallestPerGpu(shapes) : withoutGiants(shapes);
  const left = shapes.length - shown.length;
  const notes = [
    'By the memory of all GPUs together, least first. GiB are of each GPU; TOKENS and SEQUENCES of a replica.',
    ...(shown.some(isPart) ? ['USD/HOUR A of B: A is the share of these GPUs, B the node, which is paid whole.'] : []),
    ...(machineType === undefined ? ['The smallest of each GPU; --machine TYPE shows more of one.'] : []),
    ...(machineType !== undefined && left > 0 ? [`${left} more on further nodes: -o json has all.`] : []),
    ...(shown.some(({ support }) => support === 'weights') ? [WEIGHTS_ONLY] : []),
    ...notForStacks(shown, view),
  ];
  return [
    ...toTable(
      ['MACHINE', 'GPU', 'GPUS', 'PARALLELISM', 'WEIGHTS', 'KV ROOM', 'TOKENS', 'SEQUENCES', 'USD/HOUR'],
      shown.map((shape) => rowOf(shape)),
    ),
    plain(''),
    ...notes.flatMap((note) => wrap(note, columns).map((text): Line => [span(text, 'dim')])),
  ];
}

/** Nobody takes many times the nodes that are enough. */
function withoutGiants(shapes: readonly FittedShape[]): readonly FittedShape[] {
  const fewest = Math.min(...shapes.map(({ nodes }) => nodes));
  return shapes.filter(({ nodes }) => nodes <= fewest + 1);
}

/** Read at the asterisk behind a GPU's name. */
const WEIGHTS_ONLY =
  '* No arithmetic of this precision: the weights are stored so and computed in 16 bits. Memory is saved, speed is not gained.';

function rowOf(shape: FittedShape) {
  const { machine, memory, support } = shape;
  return [
    span(machine.machineType),
    span(`${machine.gpu.name}${support === 'weights' ? '*' : ''}`),
    span(gpusText(shape)),
    span(parallelismText(shape)),
    span(gib(memory.weightsGib)),
    span(gib(memory.kvRoomGib)),
    span(tokens(memory.cacheTokens)),
    span(tokens(memory.maxSequences)),
    span(priceText(shape)),
  ];
}

/** Whoever goes on to write a document would be refused these. */
function notForStacks(shown: readonly FittedShape[], { stackMachines }: FitView): readonly string[] {
  const types = [...new Set(shown.map(({ machine }) => machine.machineType))];
  const others = types.filter((type) => !stackMachines.includes(type));
  if (others.length === 0) return [];
  return [
    `A ServingStack cannot name ${others.join(', ')}: it is built for machines with a fabric between nodes (${stackMachines.join(', ')}).`,
  ];
}

/** Some GPUs of a node. */
function isPart({ gpus, machine, usdPerHour }: FittedShape): boolean {
  return usdPerHour !== undefined && gpus < machine.gpuCount;
}

/** Unknown is not zero. `21.70 of 86.80`: of a node that is paid whole. */
function priceText(shape: FittedShape): string {
  const { usdPerHour, machine } = shape;
  const { price } = machine;
  if (usdPerHour === undefined || price === undefined) return 'unknown';
  const whole = isPart(shape) ? ` of ${price.usdPerHour.toFixed(2)}` : '';
  const place = price.region === undefined || price.region === USUAL_REGION ? '' : ` (${price.region})`;
  return `${usdPerHour.toFixed(2)}${whole}${place}`;
}

/** Most list prices of the catalogue are of it, so only the others are named. */
const USUAL_REGION = 'us-central1';

/** Why nothing fits. Without a nearest shape the reasons are vLLM's own, whatever the memory; else the arithmetic below tells. */
function refusalLines({ nearest, objections, instead }: Refusal, view: FitView): readonly Line[] {
  const where = view.machineType ?? `any machine of the catalogue, ${MAX_NODES} nodes at most`;
  return [
    [span(`Does not fit on ${where}.`, 'red')],
    ...(nearest === undefined ? objections.map((text) => plain(`  ${text}`)) : []),
    plain(''),
    ...(instead.length === 0
      ? [plain('No change of one thing alone makes it fit.')]
      : [plain('What would fit:'), ...instead.map((one) => insteadLine(one, view.request))]),
  ];
}

/** Each begins with what to type, and ends with what it costs. */
function insteadLine(instead: Instead, { sequences, contextTokens }: FitRequest): Line {
  const { shape } = instead;
  const on = `on ${counted(shape.gpus, 'GPU')} of ${shape.machine.machineType} (${parallelismText(shape)})`;
  const price = priceInWords(shape.usdPerHour);
  switch (instead.change) {
    case 'context':
      return plain(`  --tokens ${instead.contextTokens}: ${counted(sequences, 'sequence')} ${on}, ${price}`);
    case 'sequences':
      return plain(`  --concurrency ${instead.sequences}: of ${tokens(contextTokens)} tokens ${on}, ${price}`);
    case 'replicas':
      return plain(
        `  ${instead.replicas} replicas, each ${on} with ${shape.memory.maxSequences} sequences: ${instead.replicas * shape.memory.maxSequences} together, ${priceInWords(instead.totalUsdPerHour)}`,
      );
    case 'precision':
      return plain(`  --precision ${instead.format.precision}: ${on}, ${price}`);
    case 'machine':
      return plain(`  another machine: ${on}, ${price}`);
    case 'reserve':
      return plain(
        `  --reserve ${instead.reserveGib}: ${on}, ${price}; lower --max-num-batched-tokens until vLLM keeps no more`,
      );
  }
}

function priceInWords(usdPerHour: number | undefined): string {
  return usdPerHour === undefined ? 'price unknown' : `${usdPerHour.toFixed(2)} USD per hour`;
}

/** Names in one column, so that wrapped sentences stay in the other. */
function arithmeticLines(shape: FittedShape, { request, catalogue, columns }: FitView): readonly Line[] {
  const steps = arithmeticOf(shape, request, catalogue);
  const title = `${counted(shape.gpus, 'GPU')} of ${shape.machine.machineType}, ${parallelismText(shape)}`;
  const indent = 2 + Math.max(...steps.map(({ name }) => name.length)) + 2;
  const rows = steps.flatMap(({ name, text }) =>
    wrap(text, columns - indent).map((line, index) => [span(index === 0 ? `  ${name}` : ''), span(line)]),
  );
  return [plain(''), [span(title, 'bold')], ...alignCells(rows)];
}

/** What is assumed here and may be otherwise there: whoever knows better can correct the answer. */
function assumptionsOf({ request, catalogue }: FitView): readonly string[] {
  const { model, gpuMemoryRatio } = request;
  const byDefault = gpuMemoryRatio === catalogue.engine.gpuMemoryRatio ? ", vLLM's default," : '';
  return [
    `Every sequence has its whole length and shares no prefix: the worst case. A token is ${tokens(kvBytesPerToken(model))} bytes in BF16 (--kv-cache-dtype auto).`,
    `--gpu-memory-utilization ${gpuMemoryRatio}${byDefault} with default batch sizes; nothing else runs on the GPUs.`,
    ...(model.window === undefined
      ? []
      : [
          `${model.window.layers} of ${model.layers} layers keep a window only; most KV connectors turn that off, and each token is then kept in every layer.`,
        ]),
    'Not counted: speculative decoding, LoRA adapters, images, offload to CPU memory.',
    'This is whether it fits, not how fast it is: latency may ask for more GPUs. Prefill and decode are a replica each.',
    'List prices on demand of the GPUs that are used, in us-central1 where no other region is named; a node is paid whole.',
  ];
}

/** Where each figure above was read, with its month. */
function sourcesOf(shape: FittedShape | undefined, { request, catalogue }: FitView): readonly string[] {
  const { model, format } = request;
  const told = ({ source, asOf }: { readonly source: string; readonly asOf: string }) => `${source} (${asOf})`;
  return [
    `model: ${told(model)}`,
    `weights: ${told(format.loadedGib ?? format)}`,
    `vLLM: ${told(catalogue.engine)}`,
    ...(shape === undefined
      ? []
      : shapeSources(shape, request, catalogue).map(([name, from]) => `${name}: ${told(from)}`)),
  ];
}

function shapeSources(shape: FittedShape, request: FitRequest, catalogue: FitCatalogue) {
  const { machine, support } = shape;
  const { gpu, price } = machine;
  const measured = request.reserveGib === undefined ? [reserveOf(shape, request.model, catalogue).row] : [];
  return [
    [`memory of the ${gpu.name}`, gpu] as const,
    ...measured.map((row) => ['reserve', row] as const),
    ['CUDA graphs', catalogue.engine.cudaGraphs] as const,
    ...(support === 'weights' ? [['precisions', catalogue.supportSource] as const] : []),
    ...(price === undefined ? [] : [[`price of ${machine.machineType}`, price] as const]),
  ];
}

function listLines(title: string, items: readonly string[], columns: number): readonly Line[] {
  return [
    [span(title, 'bold')],
    ...items.flatMap((item) =>
      wrap(item, columns - 4).map((text, index) => plain(`${index === 0 ? '  - ' : '    '}${text}`)),
    ),
  ];
}

/** Four digits: 70.55 B, 235.1 B. */
function billions(parameters: number): string {
  return `${Number((parameters / 1e9).toPrecision(4))} B`;
}
