/** A stack's endpoint picker: one profile where a pod does all, two where one prefills and another decodes. */
import type { PrefillDecision } from '../../../../shared/domain/serving/gateway.ts';
import type { StackGateway } from '../../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../../shared/domain/serving/resolved-stack.ts';
import { flowControlOf } from './flow-control.ts';
import { type EndpointPickerConfig, endpointPickerConfig, type PickerPlan } from './picker-config.ts';
import { type Plugin, plain } from './plugins.ts';
import { type Scoring, scoringOf } from './scoring.ts';

export function stackPickerConfig(stack: Stack, gateway: StackGateway, version: string): EndpointPickerConfig {
  const scoring = scoringOf[gateway.scoring](stack, gateway);
  const { flowControl } = gateway;
  return endpointPickerConfig({
    version,
    ...(gateway.prefillWhen === undefined ? together(scoring) : apart(scoring, gateway.prefillWhen)),
    sources: scoring.sources,
    ...(flowControl !== undefined && { flowControl: flowControlOf(flowControl) }),
  });
}

type Profiles = Pick<PickerPlan, 'standing' | 'profiles'>;

function together({ standing, single }: Scoring): Profiles {
  return { standing, profiles: [{ name: 'default', uses: single }] };
}

/** Names of profiles are those that the handler looks for (README of disagg-profile-handler). */
function apart({ standing, prefill, decode }: Scoring, when: PrefillDecision): Profiles {
  const decider = deciderOf(when);
  const handler: Plugin = { type: 'disagg-profile-handler', parameters: { deciders: { prefill: decider.type } } };
  return {
    standing: [decider, handler, ...standing],
    profiles: [
      { name: 'prefill', uses: [{ plugin: plain('prefill-filter') }, ...prefill] },
      { name: 'decode', uses: [{ plugin: plain('decode-filter') }, ...decode] },
    ],
  };
}

function deciderOf(when: PrefillDecision) {
  return when === 'always'
    ? plain('always-disagg-pd-decider')
    : ({ type: 'prefix-based-pd-decider', parameters: { nonCachedTokens: when.uncachedTokens } } as const);
}
