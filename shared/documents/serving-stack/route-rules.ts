/** Whose Gateway, which requests, and under which names. */
import type { Problem } from '../../domain/problem.ts';
import type { GatewaySpec, RouteSpec } from '../../domain/serving/gateway.ts';
import type { StackRule } from './rule.ts';

const FIELD = 'spec.gateway';

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

const weightsNameTheirStack: StackRule = ({ name, spec: { gateway } }) => {
  const { weights } = routeOf(gateway);
  if (weights === undefined) return [];
  const field = `${FIELD}.route.weights`;
  if (weights[name] === undefined) {
    const rule = `must have a weight for ${name}, whose route this is`;
    return [{ field, value: weights, rule, fix: `add ${name}, with 0 if it is to get nothing` }];
  }
  if (Object.values(weights).some((weight) => weight > 0)) return [];
  return [
    { field, value: weights, rule: 'must not all be 0: every request would fail', fix: 'give one of them a weight' },
  ];
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
  const twice = [servedName, ...adapters].find((adapter, index, all) => all.indexOf(adapter) !== index);
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

function routeOf(gateway: GatewaySpec | undefined): RouteSpec {
  return gateway?.route === undefined || gateway.route === 'none' ? {} : gateway.route;
}

export const routeRules: readonly StackRule[] = [
  usedGatewayIsNotSet,
  usedGatewayIsAnothers,
  sharedGatewayIsDivided,
  weightsNameTheirStack,
  adaptersNeedModels,
  rewritesAreClear,
];
