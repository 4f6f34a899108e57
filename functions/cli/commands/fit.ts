/** Which machines hold a model, its context and its sequences, and what they cost; from the catalogue, without a connection. */
import { fitCatalogue } from '#manifests/catalogue/fit-catalogue.ts';
import { catalogue as stackCatalogue } from '#manifests/catalogue/index.ts';
import { nearest } from '#shared/documents/nearest.ts';
import { fit as fitModel, type FitAnswer, smallestPerGpu } from '#shared/domain/serving/fit.ts';
import type { ServingMachine } from '#shared/domain/serving/gpu-facts.ts';
import type { FitRequest } from '#shared/domain/serving/gpu-memory.ts';
import {
  isSameName,
  modelNamed,
  namesOf,
  type ServedWeights,
  weightsNamed,
} from '#shared/domain/serving/model-facts.ts';
import { type Precision, precisions } from '#shared/domain/serving/stack.ts';
import { type Command, formatOf, type Invocation, outputOption } from '../command.ts';
import { type ExitCode, exitCodes, usageError } from '../exit.ts';
import { columnsUpTo, isColoured } from '../io.ts';
import { formatStructured } from '../output.ts';
import { renderLines } from '../text/line.ts';
import { toFitOutput, toTableOutput } from '../views/fit-output.ts';
import { fitLines } from '../views/fit.ts';
import { fitTableLines, type ModelRow } from '../views/fit-table.ts';

/** A chat of some length, and as many of them as a small service has in flight. */
const DEFAULTS = { contextTokens: 8192, sequences: 32 };
/** Sentences longer than this are hard to read. */
const MAX_COLUMNS = 110;

export const fit: Command = {
  name: 'fit',
  summary: 'on which machines a model fits, with the arithmetic and the price; needs no connection',
  usage: '[MODEL] [--precision P] [--tokens N] [--concurrency N] [--machine TYPE] [-o json|yaml]',
  maxPositionals: 1,
  options: {
    precision: {
      value: 'P',
      choices: precisions,
      summary: "format of the weights (default: the model's own)",
    },
    tokens: { value: 'N', summary: `tokens of prompt and answer of a sequence (default ${DEFAULTS.contextTokens})` },
    concurrency: { value: 'N', summary: `sequences at the same time (default ${DEFAULTS.sequences})` },
    machine: { value: 'TYPE', summary: 'this machine type only, in all shapes that fit' },
    'gpu-memory-utilization': {
      value: 'R',
      summary: `as vLLM is told (default ${fitCatalogue.engine.gpuMemoryRatio})`,
    },
    reserve: { value: 'GIB', summary: 'what vLLM took of each GPU beside weights and cache, if you measured it' },
    output: outputOption,
  },
  notes: [
    'Without MODEL all models of the catalogue, and how many of each GPU hold them. MODEL is a name on Hugging Face, or what follows its slash.',
    'Ends with 1 where nothing fits, and names what would.',
  ],
  examples: [
    ['inferctl fit Llama-3.3-70B-Instruct --precision fp8', 'the smallest shape on each GPU'],
    ['inferctl fit --tokens 32768', 'all models: how many of each GPU'],
    ['inferctl fit DeepSeek-R1 --machine a3-ultragpu-8g --tokens 32768', 'one machine, a longer context'],
  ],
  async run(invocation) {
    const [name] = invocation.positionals;
    if (name === undefined) return table(invocation);
    const request = requestOf(invocation, weightsOf(invocation, name));
    const machines = machinesOf(invocation);
    const answer = fitModel(request, fitCatalogue, machines);
    const format = formatOf(invocation);
    invocation.io.out(
      format === undefined
        ? text(invocation, request, answer)
        : formatStructured(toFitOutput(request, answer, fitCatalogue), format),
    );
    return answer.kind === 'fits' ? exitCodes.ok : exitCodes.notAsWanted;
  },
};

/** All models, in the formats that they are published in: how many GPUs each takes. */
function table(invocation: Invocation): ExitCode {
  const machines = machinesOf(invocation);
  const wanted = precisionOf(invocation);
  const weights = fitCatalogue.models.flatMap((model) => model.formats.map((format) => ({ model, format })));
  const rows = weights
    .filter(({ format }) => wanted === undefined || format.precision === wanted)
    .map((served) => rowOf(served, limitsOf(invocation), machines));
  const format = formatOf(invocation);
  const { io } = invocation;
  io.out(
    format === undefined
      ? renderLines(fitTableLines(rows, machines), { isColoured: isColoured(io) })
      : formatStructured(rows.map(toTableOutput), format),
  );
  return exitCodes.ok;
}

/** A context that is longer than the model's own is cut to it, so that one row does not refuse the whole table. */
function rowOf(served: ServedWeights, limits: Limits, machines: readonly ServingMachine[]): ModelRow {
  const contextTokens = Math.min(limits.contextTokens, served.model.maxContextTokens);
  const answer = fitModel({ ...served, ...limits, contextTokens }, fitCatalogue, machines);
  return { ...served, shapes: answer.kind === 'fits' ? smallestPerGpu(answer.shapes) : [] };
}

/** The whole name, or the part after the slash where only one model has it. */
function weightsOf(invocation: Invocation, name: string): ServedWeights {
  const { models } = fitCatalogue;
  const precision = precisionOf(invocation);
  const byShort = models.filter((model) => namesOf(model).some((full) => isSameName(short(full), name)));
  const full = byShort.length === 1 ? byShort.flatMap(namesOf).find((one) => isSameName(short(one), name)) : undefined;
  const found = weightsNamed(models, full ?? name, precision);
  if (found !== undefined) return found;
  const model = modelNamed(models, full ?? name);
  if (model === undefined) throw usageError(`model ${name} is not in the catalogue: ${nearText(name)}`);
  const offered = model.formats.map((one) => one.precision).join(', ');
  throw usageError(`--precision ${precision ?? ''}: not known of ${full ?? name}; ${model.id} has ${offered}`);
}

/** Models whose names contain what was typed, else the one that is spelt most like it; and how to add one. */
function nearText(name: string): string {
  const { models } = fitCatalogue;
  const parts = name
    .toLowerCase()
    .split(/[^a-z0-9.]+/)
    .filter((part) => part !== '');
  const containing = models.filter(
    ({ id }) => parts.length > 0 && parts.every((part) => id.toLowerCase().includes(part)),
  );
  const spelt = nearest(short(name), models.flatMap(namesOf).map(short));
  const meant =
    containing.length > 0
      ? containing
      : models.filter((model) =>
          namesOf(model)
            .map(short)
            .some((one) => one === spelt),
        );
  const near =
    meant.length === 0 ? 'inferctl fit lists what is' : `did you mean ${meant.map(({ id }) => id).join(' or ')}?`;
  return `${near}\nA model is a row in manifests/catalogue/models/: fields of its config.json, its parameters, the formats of its weights, and where each was read`;
}

/** Without the organisation. */
function short(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** The parsed command line guarantees the choices of the option. */
function precisionOf(invocation: Invocation): Precision | undefined {
  return precisions.find((one) => one === invocation.text('precision'));
}

type Limits = Omit<FitRequest, keyof ServedWeights>;

/** What was written, else the defaults. Without a reserve of their own each shape has the catalogue's measurement. */
function limitsOf(invocation: Invocation): Limits {
  const reserveGib = numberOf(invocation, 'reserve');
  return {
    contextTokens: wholeOf(invocation, 'tokens') ?? DEFAULTS.contextTokens,
    sequences: wholeOf(invocation, 'concurrency') ?? DEFAULTS.sequences,
    gpuMemoryRatio: ratioOf(invocation) ?? fitCatalogue.engine.gpuMemoryRatio,
    ...(reserveGib !== undefined && { reserveGib }),
  };
}

/** Of one model, whose own limit stands: vLLM refuses a longer `--max-model-len`. */
function requestOf(invocation: Invocation, served: ServedWeights): FitRequest {
  const { id, maxContextTokens } = served.model;
  const limits = limitsOf(invocation);
  const { contextTokens } = limits;
  if (contextTokens > maxContextTokens) {
    throw usageError(`--tokens ${contextTokens}: ${id} has ${maxContextTokens} at most`);
  }
  return { ...served, ...limits };
}

/** Nine digits: far beyond any context, and exact as a number. */
function wholeOf(invocation: Invocation, option: string): number | undefined {
  const written = invocation.text(option);
  if (written === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(written)) {
    throw usageError(`--${option} ${written}: must be a whole number from 1 to 999999999`);
  }
  return Number(written);
}

function numberOf(invocation: Invocation, option: string): number | undefined {
  const written = invocation.text(option);
  if (written === undefined) return undefined;
  if (!/^\d{1,4}(\.\d{1,3})?$/.test(written)) {
    throw usageError(`--${option} ${written}: must be a number from 0 to 9999, with at most 3 decimals`);
  }
  return Number(written);
}

function ratioOf(invocation: Invocation): number | undefined {
  const ratio = numberOf(invocation, 'gpu-memory-utilization');
  if (ratio !== undefined && (ratio <= 0 || ratio > 1)) {
    throw usageError(`--gpu-memory-utilization ${ratio}: must be above 0 and at most 1`);
  }
  return ratio;
}

/** The one that was named, else all of the catalogue. */
function machinesOf(invocation: Invocation): readonly ServingMachine[] {
  const wanted = invocation.text('machine');
  const { machines } = fitCatalogue;
  if (wanted === undefined) return machines;
  const found = machines.filter(({ machineType }) => machineType === wanted);
  if (found.length > 0) return found;
  const types = machines.map(({ machineType }) => machineType);
  const meant = nearest(wanted, types);
  throw usageError(
    `machine ${wanted} is not in the catalogue: ${meant === undefined ? `known: ${types.join(', ')}` : `did you mean ${meant}?`}`,
  );
}

function text(invocation: Invocation, request: FitRequest, answer: FitAnswer): string {
  const { io } = invocation;
  const machineType = invocation.text('machine');
  const lines = fitLines(answer, {
    request,
    catalogue: fitCatalogue,
    stackMachines: stackCatalogue.machines.map((machine) => machine.machineType),
    columns: columnsUpTo(MAX_COLUMNS, io),
    ...(machineType !== undefined && { machineType }),
  });
  return renderLines(lines, { isColoured: isColoured(io) });
}
