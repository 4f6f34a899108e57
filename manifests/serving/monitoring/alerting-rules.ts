/**
 * When somebody should look. Thresholds without a source are ours, and meant to be quiet on a healthy stack; what is promised to users
 * (`monitoring.objectives`) is the owner's.
 */
import { replicaBounds } from '../../../shared/domain/serving/autoscaling-defaults.ts';
import type { ResolvedMonitoring } from '../../../shared/domain/serving/monitoring-defaults.ts';
import { gatewayOf } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { AlertingRule } from '../../kubernetes/managed-prometheus.ts';
import { type AlertWords, alertOf } from './alert.ts';
import { ofRole, ofStack, pickerMetrics, serverMetrics, seriesLabels } from './metrics.ts';
import { aggregateBy, derivative, increase, type Matchers, rate, select, type Vector } from './promql.ts';
import { RATE_WINDOW, recorded } from './recording-rules.ts';

const alertThresholds = {
  /** Of requests. */
  errorRatio: 0.05,
  /** Where llm-d's detector calls a server saturated (llm-d/llm-d-router pkg/epp/framework/plugins/flowcontrol/saturationdetector/utilization). */
  waitingPerServer: 5,
  /** A second; one in ten seconds means that requests are computed twice as a matter of course. */
  preemptionsPerSecond: 0.1,
} as const;

export function alertingRules(stack: Stack, monitoring: ResolvedMonitoring): readonly AlertingRule[] {
  const alert = (words: AlertWords) => alertOf(stack, words);
  return [
    alert(errors(stack)),
    ...objectives(stack, monitoring).map(alert),
    alert(growingQueue(stack)),
    alert(preemptions(stack)),
    ...(stack.roles.length > 1 ? transfers(stack).map(alert) : []),
    ...absences(stack).map(alert),
  ];
}

/** Errors are counted where users meet them: in the picker, else in the servers. */
function errors(stack: Stack): AlertWords {
  const perSecond = (metric: string, matchers: Matchers = {}): Vector =>
    aggregateBy('sum', [seriesLabels.stack], rate(metric, { ...ofStack(stack), ...matchers }, RATE_WINDOW));
  const hasPicker = gatewayOf(stack) !== undefined;
  const failed = hasPicker
    ? perSecond(pickerMetrics.errors)
    : perSecond(serverMetrics.finished, { finished_reason: { matches: 'abort|error' } });
  const all = perSecond(hasPicker ? pickerMetrics.requests : serverMetrics.finished);
  return {
    name: 'ModelErrors',
    severity: 'critical',
    expr: `${failed.promql} / ${all.promql} > ${alertThresholds.errorRatio}`,
    minutes: 5,
    summary: `more than ${alertThresholds.errorRatio * 100} % of requests fail`,
    look: hasPicker
      ? 'the label error_code of llm_d_epp_request_error_total, then the log of the model servers'
      : 'the log of the model servers',
  };
}

/** Of the tail: one request in a hundred is worse. */
function objectives(
  stack: Stack,
  { objectives: { ttftSeconds, itlSeconds } }: ResolvedMonitoring,
): readonly AlertWords[] {
  const ttft = gatewayOf(stack) === undefined ? recorded.ttft(99) : recorded.stackTtft(99);
  const decoding = stack.roles.length > 1 ? ofRole(stack, 'decode') : ofStack(stack);
  const late = { severity: 'warning', minutes: 10 } as const;
  return [
    ...(ttftSeconds === undefined
      ? []
      : [
          {
            ...late,
            name: 'ModelFirstTokenLate',
            expr: `${select(ttft, ofStack(stack)).promql} > ${ttftSeconds}`,
            summary: `one request in a hundred waits longer than ${ttftSeconds} s for its first token`,
            look: 'the queue, the hit ratio of prefixes, and whether replicas are missing',
          },
        ]),
    ...(itlSeconds === undefined
      ? []
      : [
          {
            ...late,
            name: 'ModelTokensSlow',
            expr: `${select(recorded.itl(99), decoding).promql} > ${itlSeconds}`,
            summary: `one token in a hundred comes later than ${itlSeconds} s after the one before`,
            look: 'requests running at once, preemptions, and long prompts between the answers',
          },
        ]),
  ];
}

/** Long and getting longer: a queue that stands still is drained as fast as it fills. */
function growingQueue(stack: Stack): AlertWords {
  const held = gatewayOf(stack)?.flowControl !== undefined;
  const by = held ? [seriesLabels.stack] : [seriesLabels.stack, seriesLabels.role];
  // Both sides of a comparison with the same labels, whatever the rules' own add.
  const total = (vector: Vector) => aggregateBy('sum', by, vector).promql;
  const queue = select(held ? recorded.held : recorded.waiting, ofStack(stack));
  const most = `${alertThresholds.waitingPerServer} * ${total(select(recorded.servers, ofStack(stack)))}`;
  return {
    name: 'ModelQueueGrows',
    severity: 'warning',
    expr: `${total(queue)} > ${most} and ${total(derivative(queue, '10m'))} > 0`,
    minutes: 10,
    summary: `more than ${alertThresholds.waitingPerServer} requests a server wait, and they become more`,
    look: 'whether replicas are pending or at their maximum',
  };
}

function preemptions(stack: Stack): AlertWords {
  const perSecond = aggregateBy(
    'sum',
    [seriesLabels.stack, seriesLabels.role],
    rate(serverMetrics.preemptions, ofStack(stack), RATE_WINDOW),
  );
  return {
    name: 'ModelPreempts',
    severity: 'warning',
    expr: `${perSecond.promql} > ${alertThresholds.preemptionsPerSecond}`,
    minutes: 10,
    summary: 'the KV cache is too small for the requests that run: some are thrown out and computed again',
    look: '--max-num-seqs, the part of GPU memory that vLLM may use, and the number of replicas',
  };
}

/** Both end requests, or have decode do the work of prefill. */
function transfers(stack: Stack): readonly AlertWords[] {
  const grown = (metric: string) =>
    aggregateBy('sum', [seriesLabels.stack], increase(metric, ofStack(stack), '10m')).promql;
  return [
    {
      name: 'KvTransfersFail',
      severity: 'critical',
      expr: `${grown(serverMetrics.failedTransfers)} > 0`,
      minutes: 1,
      summary: 'keys and values do not get from prefill to decode',
      look: 'UCX in the log of decode, the NICs (verification jobs), and whether both roles run the same version',
    },
    {
      name: 'KvTransfersExpire',
      severity: 'warning',
      expr: `${grown(serverMetrics.expiredTransfers)} > 0`,
      minutes: 1,
      summary: 'decode did not fetch what prefill had computed before it was given up',
      look: 'whether decode is the bottleneck: its queue and KV cache',
    },
  ];
}

/** What is not measured is no zero. A role that may sleep has no servers to hear of. */
function absences(stack: Stack): readonly AlertWords[] {
  const servers = stack.roles
    .filter(({ role }) => replicaBounds(stack, role)?.min !== 0)
    .map(
      ({ role }): AlertWords => ({
        name: 'ModelMetricsMissing',
        severity: 'critical',
        expr: `absent(${select(serverMetrics.running, ofRole(stack, role)).promql})`,
        minutes: 10,
        summary: `nothing is heard of the ${role} servers`,
        look: 'whether any is ready (the first one takes as long as the model loads), then the status of its PodMonitoring',
      }),
    );
  if (gatewayOf(stack) === undefined) return servers;
  return [
    ...servers,
    {
      name: 'PickerMetricsMissing',
      severity: 'critical',
      expr: `absent(${select(pickerMetrics.readyEndpoints, ofStack(stack)).promql})`,
      minutes: 5,
      summary: 'nothing is heard of the endpoint picker: autoscalers hold, and requests may fail',
      look: 'its Deployment, then the status of its PodMonitoring',
    },
  ];
}
