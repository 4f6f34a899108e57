/** Whose Gateway, which requests, and under which names. */
import type { Problem } from '../../domain/problem.ts';
import { repeated } from '../../domain/repeated.ts';
import type { GatewaySpec, RouteSpec } from '../../domain/serving/gateway.ts';
import { fieldUnder } from '../format.ts';
import type { StackRule } from './rule.ts';

const FIELD = 'spec.gateway';

/** Gateway API: headers of a match, and backends of a rule (kubernetes-sigs/gateway-api config/crd/standard). */
const MAX_OF_A_RULE = 16;
/** What the model router writes and the route matches (llm-d/llm-d-inference-payload-processor docs/configuration.md). */
const BASE_MODEL_HEADER = 'x-gateway-base-model-name';

/** A setting that would change nothing, or not what its writer meant. */
const usedGatewayIsNotSet: StackRule = ({ spec: { gateway = {} } }) => {
  if (gateway.use === undefined) return [];
  return (['className', 'tlsSecret'] as const).flatMap((name) => {
    const value = gateway[name];
    if (value === undefined) return [];
    const rule = `must not be set beside use (${gateway.use ?? ''}): it belongs to that Gateway's stack`;
    return [{ field: `${FIELD}.${name}`, value, rule, fix: 'remove it here, and write it there' }];
  });
};

/** A stack that joined itself would render no Gateway at all. */
const usedGatewayIsAnothers: StackRule = ({ name, spec: { gateway } }) => {
  if (gateway?.use !== name) return [];
  const rule = "must be another stack's: a stack's own Gateway has its name";
  return [{ field: `${FIELD}.use`, value: name, rule, fix: 'remove it to have one of its own' }];
};

/** Of two routes that match alike the older one gets all requests (Gateway API specification, HTTPRouteRule). */
const sharedGatewayIsDivided: StackRule = ({ spec: { gateway } }) => {
  if (gateway?.use === undefined || gateway.route === 'none') return [];
  const { byModel, headers = {} } = gateway.route ?? {};
  if (byModel === true || Object.keys(headers).length > 0) return [];
  const rule = `must say which requests of the Gateway ${gateway.use} come here: of two routes for all, one gets none`;
  const fix = "set byModel or headers, or none where that stack's route has weights";
  return [{ field: `${FIELD}.route`, value: gateway.route, rule, fix }];
};

/** Weights divide the route among stacks; its own has no weight by being its own. */
const weightsNameTheirStack: StackRule = ({ name, spec: { gateway } }) => {
  const { weights } = routeOf(gateway);
  if (weights === undefined) return [];
  const field = `${FIELD}.route.weights`;
  // `constructor` is a name, and a property of every object.
  if (!Object.hasOwn(weights, name)) {
    const rule = `must have a weight for ${name}, whose route this is`;
    return [{ field, value: weights, rule, fix: `add ${name}, with 0 if it is to get nothing` }];
  }
  if (Object.values(weights).some((weight) => weight > 0)) return [];
  return [
    { field, value: weights, rule: 'must not all be 0: every request would fail', fix: 'give one of them a weight' },
  ];
};

/** The API server refuses more. */
const weightsFitARule: StackRule = ({ spec: { gateway } }) => {
  const { weights } = routeOf(gateway);
  const count = Object.keys(weights ?? {}).length;
  if (weights === undefined || count <= MAX_OF_A_RULE) return [];
  const rule = `must name at most ${MAX_OF_A_RULE} pools, which is what a rule of a route may have; it has ${count}`;
  return [{ field: `${FIELD}.route.weights`, value: weights, rule, fix: 'remove those that get nothing' }];
};

/** The header of `byModel` is one of them. */
const headersFitAMatch: StackRule = ({ spec: { gateway } }) => {
  const { headers, byModel } = routeOf(gateway);
  const most = byModel === true ? MAX_OF_A_RULE - 1 : MAX_OF_A_RULE;
  const count = Object.keys(headers ?? {}).length;
  if (headers === undefined || count <= most) return [];
  const rule = `must be at most ${most}${byModel === true ? ' beside the one of byModel' : ''}, which is what a route matches; it has ${count}`;
  return [{ field: `${FIELD}.route.headers`, value: headers, rule, fix: 'match fewer' }];
};

/** Names of headers have no case; of two that are alike only the first is looked at (Gateway API specification, HTTPRouteMatch). */
const headersDiffer: StackRule = ({ spec: { gateway } }) => {
  const { headers = {}, byModel } = routeOf(gateway);
  const names = [...(byModel === true ? [BASE_MODEL_HEADER] : []), ...Object.keys(headers)];
  const lower = names.map((name) => name.toLowerCase());
  return names
    .filter((_, index) => lower.indexOf(lower[index] ?? '') !== index)
    .map((name) => ({
      field: fieldUnder(`${FIELD}.route.headers`, name),
      value: headers[name],
      rule: 'must not be matched twice, whatever its letters, nor be the one that byModel matches',
      fix: 'remove it',
    }));
};

/** Where nobody reads the body, names of models decide nothing. */
const adaptersNeedModels: StackRule = ({ model: { servedName }, spec: { gateway } }) => {
  const { adapters, byModel } = routeOf(gateway);
  if (adapters === undefined) return [];
  const field = `${FIELD}.route.adapters`;
  if (byModel !== true) {
    const rule = 'must not be set without byModel: requests for them come here anyway';
    return [{ field, value: adapters, rule, fix: 'remove it, or set byModel' }];
  }
  const [twice] = repeated([servedName, ...adapters]);
  if (twice === undefined) return [];
  return [{ field, value: twice, rule: 'must differ from one another and from the served name', fix: 'remove it' }];
};

/** Weights of some and not of others are refused by the cluster; of two rules for one name, one is never used. */
const rewritesAreClear: StackRule = ({ spec: { gateway } }) => {
  const { rewrites = [] } = gateway ?? {};
  const unclear = rewrites.flatMap(({ targets }, index): readonly Problem[] => {
    const weighted = targets.filter(({ weight }) => weight !== undefined).length;
    if (weighted === 0 || weighted === targets.length) return [];
    const rule = 'must have a weight for all targets or for none';
    return [{ field: `${FIELD}.rewrites[${index}].targets`, value: weighted, rule, fix: 'give the others one too' }];
  });
  const models = rewrites.map(({ model }) => model);
  const twice = models.findIndex((model, index) => models.indexOf(model) !== index);
  if (twice === -1) return unclear;
  const rule = 'must not be rewritten twice';
  return [
    ...unclear,
    { field: `${FIELD}.rewrites[${twice}].model`, value: models[twice], rule, fix: 'put the rules together' },
  ];
};

/** Empty: every request comes here, or none does. */
function routeOf(gateway: GatewaySpec | undefined): RouteSpec {
  return gateway?.route === undefined || gateway.route === 'none' ? {} : gateway.route;
}

export const routeRules: readonly StackRule[] = [
  usedGatewayIsNotSet,
  usedGatewayIsAnothers,
  sharedGatewayIsDivided,
  weightsNameTheirStack,
  weightsFitARule,
  headersFitAMatch,
  headersDiffer,
  adaptersNeedModels,
  rewritesAreClear,
];
