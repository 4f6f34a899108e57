import { describe, expect, it } from 'vitest';
import { gatewayRules } from '#shared/documents/serving-stack/gateway-rules.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

const apart = { prefill: {}, decode: {} };
/** The name of the stacks that are made here. */
const { name } = makeStack();

/** `{ x1: value, x2: value, … }`. */
function numbered<T>(count: number, value: T): Readonly<Record<string, T>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index + 1}`, value]));
}

function problemsOf(spec: Partial<ServingStackSpec>) {
  const stack = makeStack(spec);
  return gatewayRules.flatMap((rule) => rule(stack)).map(({ field, rule, fix }) => ({ field, rule, fix }));
}

describe('a gateway', () => {
  it.each([
    { what: 'none', spec: {} },
    { what: 'nothing but itself', spec: { gateway: {} } },
    { what: 'two roles', spec: { roles: apart, gateway: { prefillWhen: { uncachedTokens: 512 } } } },
    {
      what: 'the internet with a certificate',
      spec: { gateway: { className: 'gke-l7-regional-external-managed', tlsSecret: 'tls' } },
    },
    { what: 'reported prefixes', spec: { kvCache: { events: true }, gateway: { scoring: 'precise-prefix' } } },
    { what: 'eight ranks', spec: { roles: { aggregated: { parallelism: 'expert' } }, gateway: {} } },
    {
      what: 'as many headers and pools as a route can have',
      spec: { gateway: { route: { headers: numbered(16, 'gold'), weights: { ...numbered(15, 1), [name]: 1 } } } },
    },
    {
      what: "another stack's, by model",
      spec: { gateway: { use: 'other', route: { byModel: true, adapters: ['a'] } } },
    },
    { what: "another stack's, by its weights", spec: { gateway: { use: 'other', route: 'none' } } },
    { what: 'shares of two stacks', spec: { gateway: { route: { weights: { [name]: 0, green: 1 } } } } },
    { what: 'refusals without a queue', spec: { gateway: { objectives: [{ name: 'free', priority: -1 }] } } },
  ] as const)('may be $what', ({ spec }) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it.each([
    {
      what: 'plain text on the internet',
      spec: { gateway: { className: 'gke-l7-regional-external-managed' } },
      field: 'spec.gateway.tlsSecret',
      rule: 'must be set for gke-l7-regional-external-managed: prompts and answers would cross the internet in plain text',
    },
    {
      what: 'reported prefixes that nobody reports',
      spec: { gateway: { scoring: 'precise-prefix' } },
      field: 'spec.kvCache.events',
      rule: 'must be true for gateway.scoring precise-prefix: pods have to report what they hold',
    },
    {
      what: 'a vLLM that renders nothing',
      spec: { engine: { version: '0.18.9' }, kvCache: { events: true }, gateway: { scoring: 'precise-prefix' } },
      field: 'spec.engine.version',
      rule: 'must be at least 0.19.1 for gateway.scoring precise-prefix, whose tokenizer is of the same version',
    },
    {
      what: 'more headers than a route matches',
      spec: { gateway: { route: { headers: numbered(17, 'gold') } } },
      field: 'spec.gateway.route.headers',
      rule: 'must be at most 16, which is what a route matches; it has 17',
    },
    {
      what: 'more headers than a route matches beside the model',
      spec: { gateway: { route: { byModel: true, headers: numbered(16, 'gold') } } },
      field: 'spec.gateway.route.headers',
      rule: 'must be at most 15 beside the one of byModel, which is what a route matches; it has 16',
    },
    {
      what: 'one header twice',
      spec: { gateway: { route: { headers: { 'X-Tenant': 'gold', 'x-tenant': 'iron' } } } },
      field: 'spec.gateway.route.headers.x-tenant',
      rule: 'must not be matched twice, whatever its letters, nor be the one that byModel matches',
    },
    {
      what: 'the header of byModel',
      spec: { gateway: { route: { byModel: true, headers: { 'X-Gateway-Base-Model-Name': 'other' } } } },
      field: 'spec.gateway.route.headers.X-Gateway-Base-Model-Name',
      rule: 'must not be matched twice, whatever its letters, nor be the one that byModel matches',
    },
    {
      what: 'more pools than a rule has',
      spec: { gateway: { route: { weights: { ...numbered(16, 1), [name]: 1 } } } },
      field: 'spec.gateway.route.weights',
      rule: 'must name at most 16 pools, which is what a rule of a route may have; it has 17',
    },
    {
      what: 'a picker that does not know what we write',
      spec: { gateway: { endpointPicker: { version: '0.9.0' } } },
      field: 'spec.gateway.endpointPicker.version',
      rule: 'must be at least 0.10.0: an older one ends at its configuration',
    },
    {
      what: 'a decision that one role has not',
      spec: { gateway: { prefillWhen: 'always' } },
      field: 'spec.gateway.prefillWhen',
      rule: 'must not be set for one aggregated role, which prefills all that it gets',
    },
    {
      what: 'ranks of one role only',
      spec: { roles: { prefill: {}, decode: { parallelism: 'expert' } }, gateway: {} },
      field: 'spec.roles.decode.parallelism',
      rule: 'must be such that pods of both roles have as many ranks behind one gateway (1 and 8)',
    },
    {
      what: 'more ranks than a pool has ports',
      spec: { roles: { aggregated: { gpus: 9, parallelism: 'expert' } }, gateway: {} },
      field: 'spec.roles.aggregated.gpus',
      rule: 'must be at most 8 with expert parallelism: an InferencePool has as many ports, one for each rank',
    },
    {
      what: 'two bands of one priority',
      spec: { gateway: { flowControl: { bands: [{ priority: 1 }, { priority: 0 }, { priority: 1 }] } } },
      field: 'spec.gateway.flowControl.bands',
      rule: 'must not have two bands of one priority',
    },
    {
      what: "more waiting requests than the picker's memory",
      spec: { gateway: { flowControl: { maxQueuedGib: 16 } } },
      field: 'spec.gateway.flowControl.maxQueuedGib',
      rule: 'must be less than the 16 GiB of the endpoint picker, which holds them',
    },
    {
      what: 'waiting beyond the timeout',
      spec: { gateway: { timeoutSeconds: 60, flowControl: { maxWaitSeconds: 59, maxWaitWithoutPodsSeconds: 60 } } },
      field: 'spec.gateway.flowControl.maxWaitWithoutPodsSeconds',
      rule: 'must be less than gateway.timeoutSeconds (60), which counts waiting too',
    },
    {
      what: 'priorities that nothing waits for',
      spec: { gateway: { objectives: [{ name: 'paying', priority: 1 }] } },
      field: 'spec.gateway.flowControl',
      rule: 'must be set for the objective paying: without a queue nobody is served first',
    },
    {
      what: 'two objectives of one name',
      spec: {
        gateway: {
          objectives: [
            { name: 'free', priority: 0 },
            { name: 'free', priority: -1 },
          ],
        },
      },
      field: 'spec.gateway.objectives',
      rule: 'must not repeat a name',
    },
    {
      what: "a certificate for another stack's Gateway",
      spec: { gateway: { use: 'other', route: 'none', tlsSecret: 'tls' } },
      field: 'spec.gateway.tlsSecret',
      rule: "must not be set beside use (other): it belongs to that Gateway's stack",
    },
    {
      what: 'its own Gateway as if it were another one’s',
      spec: { gateway: { use: name, route: 'none' } },
      field: 'spec.gateway.use',
      rule: "must be another stack's: a stack's own Gateway has its name",
    },
    {
      what: "all requests of another stack's Gateway",
      spec: { gateway: { use: 'other' } },
      field: 'spec.gateway.route',
      rule: 'must say which requests of the Gateway other come here: of two routes for all, one gets none',
    },
    {
      what: 'shares of others alone',
      spec: { gateway: { route: { weights: { green: 1 } } } },
      field: 'spec.gateway.route.weights',
      rule: `must have a weight for ${name}, whose route this is`,
    },
    {
      what: 'no share for anybody',
      spec: { gateway: { route: { weights: { [name]: 0, green: 0 } } } },
      field: 'spec.gateway.route.weights',
      rule: 'must not all be 0: every request would fail',
    },
    {
      what: 'adapters where nobody reads bodies',
      spec: { gateway: { route: { adapters: ['tuned'] } } },
      field: 'spec.gateway.route.adapters',
      rule: 'must not be set without byModel: requests for them come here anyway',
    },
    {
      what: 'an adapter twice',
      spec: { gateway: { route: { byModel: true, adapters: ['tuned', 'tuned'] } } },
      field: 'spec.gateway.route.adapters',
      rule: 'must differ from one another and from the served name',
    },
    {
      what: 'a weight for one target of two',
      spec: { gateway: { rewrites: [{ model: 'a', targets: [{ model: 'b', weight: 1 }, { model: 'c' }] }] } },
      field: 'spec.gateway.rewrites[0].targets',
      rule: 'must have a weight for all targets or for none',
    },
    {
      what: 'two rules for one name',
      spec: {
        gateway: {
          rewrites: [
            { model: 'a', targets: [{ model: 'b' }] },
            { model: 'a', targets: [{ model: 'c' }] },
          ],
        },
      },
      field: 'spec.gateway.rewrites[1].model',
      rule: 'must not be rewritten twice',
    },
  ] as const)('may not be $what', ({ spec, field, rule }) => {
    expect(problemsOf(spec)).toEqual([{ field, rule, fix: expect.any(String) as unknown }]);
  });
});
