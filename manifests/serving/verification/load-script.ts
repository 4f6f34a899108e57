/** Requests at a rate against the stack, and whether what came back keeps what is promised. */
import { monitoringObjectives } from '../../../shared/domain/serving/monitoring-defaults.ts';
import type { LatencyObjectives } from '../../../shared/domain/serving/monitoring.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { ResolvedVerification } from '../../../shared/domain/serving/verification-defaults.ts';

type Load = NonNullable<ResolvedVerification['load']>;

const RESULT = '/tmp/result.json';

export function loadScript(stack: Stack, load: Load, url: string): string {
  const objectives = monitoringObjectives(stack);
  return [
    'set -euo pipefail',
    ['vllm bench serve', ...benchFlags(stack, load, url)].join(' \\\n  '),
    "python3 - <<'END'",
    ...verdict(load, objectives),
    'END',
  ].join('\n');
}

/**
 * vllm-project/vllm vllm/benchmarks/serve.py. Arrivals are Poisson (burstiness 1) and do not wait for answers: a generator that does slows
 * down with the server and never shows a queue. Random prompts hit no cache, so this is the worst case of prefixes.
 */
function benchFlags({ model }: Stack, load: Load, url: string): readonly string[] {
  return [
    '--backend openai',
    `--base-url '${url}'`,
    '--endpoint /v1/completions',
    // Of the model only the tokenizer is loaded.
    `--model '${model.id}'`,
    `--served-model-name '${model.servedName}'`,
    '--dataset-name random',
    `--random-input-len ${load.promptTokens}`,
    `--random-output-len ${load.answerTokens}`,
    '--ignore-eos',
    `--num-prompts ${load.requests}`,
    `--request-rate ${load.requestsPerSecond}`,
    '--burstiness 1',
    '--seed 0',
    '--percentile-metrics ttft,tpot,itl,e2el',
    '--metric-percentiles 50,90,99',
    '--disable-tqdm',
    `--save-result --result-dir /tmp --result-filename ${RESULT.slice('/tmp/'.length)}`,
  ];
}

function verdict({ requests }: Load, { ttftSeconds, itlSeconds }: LatencyObjectives): readonly string[] {
  return [
    'import json, sys',
    `found = json.load(open("${RESULT}"))`,
    'failures = []',
    `if found["completed"] < ${requests}:`,
    `    failures.append(f"{found['completed']} of ${requests} requests were answered")`,
    ...promise('p99_ttft_ms', ttftSeconds),
    ...promise('p99_itl_ms', itlSeconds),
    'print("\\n".join(f"FAIL  {line}" for line in failures) or "ok")',
    'sys.exit(len(failures) > 0)',
  ];
}

function promise(measured: string, seconds: number | undefined): readonly string[] {
  if (seconds === undefined) return [];
  const most = seconds * 1000;
  return [
    `if not found["${measured}"] <= ${most}:`,
    `    failures.append(f"${measured} is {found['${measured}']:.1f}, at most ${most}")`,
  ];
}
