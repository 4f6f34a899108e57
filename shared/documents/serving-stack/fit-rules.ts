/** Whether the GPUs of a role hold the model and its context. Of a model that the catalogue does not have nothing is known, so nothing is said. */
import type { Problem } from '../../domain/problem.ts';
import { fit } from '../../domain/serving/fit.ts';
import { type FitShape, objectionTo } from '../../domain/serving/fit-shapes.ts';
import { gib } from '../../domain/serving/fit-words.ts';
import type { FitCatalogue } from '../../domain/serving/gpu-facts.ts';
import { type FitRequest, longestContext, memoryOf } from '../../domain/serving/gpu-memory.ts';
import type { Stack, StackRole } from '../../domain/serving/resolved-stack.ts';
import type { RoleShape } from '../../domain/serving/roles.ts';
import { loadedWeights } from './precision-rules.ts';
import type { StackRule } from './rule.ts';

export function fitRules(catalogue: FitCatalogue): readonly StackRule[] {
  return [
    contextIsTheModels(catalogue),
    forEachRole(catalogue, ranksShareTheModel),
    forEachRole(catalogue, weightsFitTheGpus),
  ];
}

/** What rests on an estimate: the owner of the stack may have measured better. */
export function fitWarnings(catalogue: FitCatalogue): readonly StackRule[] {
  return [forEachRole(catalogue, contextFitsTheCache)];
}

/** Each of them gives a model another limit (vllm-project/vllm docs/configuration/engine_args.md; vllm/envs.py). */
const LONGER_BY_FLAG = ['--hf-overrides', '--rope-scaling'];
const LONGER_BY_VARIABLE = 'VLLM_ALLOW_LONG_MAX_MODEL_LEN';

/** vLLM does not start with more than config.json says (vllm-project/vllm vllm/config/model.py, `_get_and_verify_max_len`). */
function contextIsTheModels({ models }: FitCatalogue): StackRule {
  return (stack) => {
    const { maxContextTokens: value } = stack.model;
    const { model } = loadedWeights(stack, models) ?? {};
    if (value === undefined || model === undefined || value <= model.maxContextTokens) return [];
    const flags = Object.keys(stack.engine.flags);
    const isStretched = LONGER_BY_FLAG.some((name) => flags.some((flag) => flag.startsWith(name)));
    if (isStretched || stack.engine.env[LONGER_BY_VARIABLE] === '1') return [];
    const rule = `must be at most ${model.maxContextTokens}, the limit of ${model.id}: vLLM does not start with more`;
    const fix = `use ${model.maxContextTokens} or less; a model that can be stretched is told so with engine.flags: --hf-overrides`;
    return [{ field: 'spec.model.maxContextTokens', value, rule, fix }];
  };
}

/** A role, as the calculator sees it. */
interface RoleFit {
  readonly role: StackRole;
  readonly stack: Stack;
  readonly shape: FitShape;
  readonly request: FitRequest;
  readonly catalogue: FitCatalogue;
}

function forEachRole(catalogue: FitCatalogue, rule: (role: RoleFit) => readonly Problem[]): StackRule {
  return (stack) => stack.roles.flatMap((role) => roleFitOf(stack, role, catalogue)).flatMap(rule);
}

function roleFitOf(stack: Stack, role: StackRole, catalogue: FitCatalogue): readonly RoleFit[] {
  const { model: served, spec } = stack;
  const weights = loadedWeights(stack, catalogue.models);
  const machine = catalogue.machines.find(({ machineType }) => machineType === stack.machine.machineType);
  if (weights === undefined || machine === undefined) return [];
  const { tensor, pipeline, data, dataPerPod } = role.parallelism;
  const parallelism = dataPerPod > 0 ? 'expert' : 'tensor';
  const shape = {
    machine,
    parallelism,
    nodes: role.nodes,
    gpusPerNode: role.gpusPerPod,
    tensor,
    pipeline,
    data,
  } as const;
  const request: FitRequest = {
    ...weights,
    contextTokens: served.maxContextTokens ?? weights.model.maxContextTokens,
    sequences: 1,
    gpuMemoryRatio: spec.kvCache?.gpuMemoryRatio ?? catalogue.engine.gpuMemoryRatio,
  };
  return [{ role, stack, shape, request, catalogue }];
}

/** vLLM refuses to start: heads, and blocks that share a scale, cannot be cut anywhere. */
function ranksShareTheModel(fit: RoleFit): readonly Problem[] {
  const { model, format } = fit.request;
  const objection = objectionTo(fit.shape, model, format);
  if (objection === undefined) return [];
  const rule = `must be a number of GPUs that can share ${model.id} in ${format.precision}: ${objection}`;
  return [{ ...gpusOf(fit), rule, fix: fixOf(fit) }];
}

/** Not even the weights: what vLLM keeps beside them is an estimate, so it decides nothing here. */
function weightsFitTheGpus(fit: RoleFit): readonly Problem[] {
  const { shape, request, catalogue } = fit;
  const { weightsGib, usableGib, gpuGib } = memoryOf(shape, request, catalogue);
  if (weightsGib < usableGib) return [];
  const { model, format, gpuMemoryRatio } = request;
  const usual = catalogue.engine.gpuMemoryRatio;
  const each = `${gib(weightsGib)} of weights of ${model.id} in ${format.precision} are on each GPU`;
  const given = `an ${shape.machine.gpu.name} gives ${gib(usableGib)} (${gpuGib} x ${gpuMemoryRatio})`;
  if (weightsGib < gpuGib * usual) {
    const rule = `must leave room for the model: ${each}, and ${given}`;
    return [
      { field: 'spec.kvCache.gpuMemoryRatio', value: gpuMemoryRatio, rule, fix: `remove it: vLLM takes ${usual}` },
    ];
  }
  return [{ ...gpusOf(fit), rule: `must be enough GPUs: ${each}, and ${given}`, fix: fixOf(fit) }];
}

/** Shorter ones hold no conversation. */
const LEAST_CONTEXT_TOKENS = 1024;

/** vLLM starts only where one sequence of the longest context fits (vllm-project/vllm vllm/v1/core/kv_cache_utils.py, `check_enough_kv_cache_memory`). */
function contextFitsTheCache(fit: RoleFit): readonly Problem[] {
  const { shape, request, catalogue, stack, role } = fit;
  const { maxSequences, weightsGib, usableGib, reserveGib, kvRoomGib, sequenceGib } = memoryOf(
    shape,
    request,
    catalogue,
  );
  if (maxSequences > 0 || weightsGib >= usableGib || hasOtherCache(stack)) return [];
  const { contextTokens } = request;
  const room = `${gib(kvRoomGib)} (${gib(usableGib)} - ${gib(weightsGib)} of weights - about ${gib(reserveGib)} for vLLM)`;
  const rule = `one sequence of the context takes ${gib(sequenceGib)} of each GPU of ${role.role}, which has room for ${room}: vLLM would not start`;
  const longest = longestContext(shape, request, catalogue);
  const shorter = longest < LEAST_CONTEXT_TOKENS ? [] : [`maxContextTokens: ${longest}`];
  const larger = smallest(request, catalogue, [shape.machine]) ?? smallest(request, catalogue, catalogue.machines);
  const ways = [...shorter, ...(larger === undefined ? [] : [larger])];
  const isDefault = stack.model.maxContextTokens === undefined && ({ isDefault: true } as const);
  const fix = ways.length === 0 ? 'inferctl fit shows what does' : `write ${ways.join(', or ')}`;
  return [{ field: 'spec.model.maxContextTokens', value: contextTokens, ...isDefault, rule, fix }];
}

/** Keys and values in another format than is counted here. */
function hasOtherCache({ engine: { flags } }: Stack): boolean {
  return (flags['--kv-cache-dtype'] ?? 'auto') !== 'auto';
}

function gpusOf({ role, stack }: RoleFit): Pick<Problem, 'field' | 'value' | 'isDefault'> {
  const { roles } = stack.spec;
  const written = Object.entries(roles).some(([name, shape]) => name === role.role && hasGpus(shape));
  const field = `spec.roles.${role.role}.gpus`;
  return { field, value: role.gpusPerPod, ...(!written && { isDefault: true }) };
}

function hasGpus(shape: RoleShape | string | undefined): boolean {
  return typeof shape === 'object' && shape.gpus !== undefined;
}

/** The smallest that holds one sequence of the whole context: on the machine, in another precision, on another machine. */
function fixOf({ request, shape: { machine }, catalogue }: RoleFit): string {
  const here = smallest(request, catalogue, [machine]);
  if (here !== undefined) return `write ${here}`;
  const formats = request.model.formats.filter(({ precision }) => precision !== request.format.precision);
  const others = formats.flatMap((format) => {
    const found = smallest({ ...request, format }, catalogue, [machine]);
    const { repository = request.model.id } = format;
    return found === undefined ? [] : [`${found} and id: ${repository} (${format.precision})`];
  });
  const elsewhere = smallest(request, catalogue, catalogue.machines);
  const ways = [...others, ...(elsewhere === undefined ? [] : [elsewhere])];
  return ways.length === 0
    ? 'lower spec.model.maxContextTokens; inferctl fit shows by how much'
    : `write ${ways.join(', or ')}`;
}

function smallest(
  request: FitRequest,
  catalogue: FitCatalogue,
  machines: FitCatalogue['machines'],
): string | undefined {
  const answer = fit(request, catalogue, machines);
  if (answer.kind === 'refused') return undefined;
  const [shape] = answer.shapes;
  const text = roleText(shape);
  return machines.length === 1 ? text : `${text} and machineType: ${shape.machine.machineType}`;
}

/** In the words of a role. */
function roleText({ nodes, gpusPerNode, parallelism }: FitShape): string {
  const size = nodes > 1 ? `nodes: ${nodes}` : `gpus: ${gpusPerNode}`;
  return parallelism === 'expert' ? `${size} and parallelism: expert` : size;
}
