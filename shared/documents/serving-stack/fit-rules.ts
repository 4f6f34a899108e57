/** Whether the GPUs of a role hold the model at all. Of a model that the catalogue does not have nothing is known, so nothing is said. */
import type { Problem } from '../../domain/problem.ts';
import { fit } from '../../domain/serving/fit.ts';
import { type FitShape, objectionTo } from '../../domain/serving/fit-shapes.ts';
import { gib } from '../../domain/serving/fit-words.ts';
import type { FitCatalogue } from '../../domain/serving/gpu-facts.ts';
import { type FitRequest, memoryOf } from '../../domain/serving/gpu-memory.ts';
import { weightsNamed } from '../../domain/serving/model-facts.ts';
import type { Stack, StackRole } from '../../domain/serving/resolved-stack.ts';
import type { RoleShape } from '../../domain/serving/roles.ts';
import type { StackRule } from './rule.ts';

export function fitRules(catalogue: FitCatalogue): readonly StackRule[] {
  return [forEachRole(catalogue, ranksShareTheModel), forEachRole(catalogue, weightsFitTheGpus)];
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
  const weights = weightsNamed(catalogue.models, served.id, served.precision);
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
  const others = request.model.formats.flatMap((format) => {
    const found = smallest({ ...request, format }, catalogue, [machine]);
    return found === undefined ? [] : [`${found} and precision: ${format.precision}`];
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
