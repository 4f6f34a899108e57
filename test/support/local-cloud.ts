/** The local cloud over its wires for tests: free ports, a home of its own, quick operations. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realMediansMs } from '../../emulator/gke/durations.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from '../../emulator/local-cloud.ts';
import { names } from '../../emulator/provision.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { systemTime } from '../../emulator/world/real-time.ts';

const MINUTE_MS = 60_000;

/** Cluster and pool in minutes instead of half hours: fewer looks that only wait. */
export const quickMediansMs = { ...realMediansMs, cluster: 3 * MINUTE_MS, gpuNodes: 5 * MINUTE_MS };

export interface CloudUnderTest extends LocalCloud {
  /** What no rule of the world explains. */
  readonly bugs: readonly Error[];
  /** Log lines of the functions. */
  readonly lines: readonly string[];
  publish(document: JsonObject): void;
  /** Resolves when nothing is in flight. */
  untilQuiet(): Promise<void>;
  /** Asks status until the target is in one of the phases; rejects when that takes longer than `withinMs` of real time. */
  untilPhase(target: string, phases: readonly string[], withinMs?: number): Promise<JsonObject>;
}

export async function startCloud(over: Partial<LocalCloudOptions> = {}): Promise<CloudUnderTest> {
  const home = mkdtempSync(join(tmpdir(), 'fleet-'));
  const bugs: Error[] = [];
  const lines: string[] = [];
  const cloud = await startLocalCloud({
    port: 0,
    speed: 'max',
    seed: 'test',
    project: 'demo',
    startMs: Date.UTC(2026, 0, 1),
    home,
    functionsEntry: new URL('../../functions/server.ts', import.meta.url).pathname,
    gkeFacts: { mediansMs: quickMediansMs },
    onFunctionLine: ({ text }) => void lines.push(text),
    onBug: (error) => void bugs.push(error),
    ...over,
  });
  return {
    ...cloud,
    bugs,
    lines,
    publish: (document) =>
      void cloud.world.pubsub.publish(`projects/demo/topics/${names.requests}`, [
        { data: Buffer.from(JSON.stringify(document)).toString('base64') },
      ]),
    untilQuiet: async () => {
      while (cloud.world.clock.holds > 0) await pause(1);
    },
    untilPhase: (target, phases, withinMs = 60_000) => untilPhase(cloud, { target, phases }, withinMs),
    stop: async () => {
      await cloud.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void systemTime.setTimer(delayMs, resolve));
}

/** Real time between two questions to status. */
const ASK_MS = 100;

async function untilPhase(
  cloud: LocalCloud,
  wanted: { readonly target: string; readonly phases: readonly string[] },
  withinMs: number,
): Promise<JsonObject> {
  const endsAtMs = systemTime.nowMs() + withinMs;
  let seen = 'nothing';
  while (systemTime.nowMs() < endsAtMs) {
    const response = await fetch(`${cloud.urlOf('status')}/targets/${wanted.target}`);
    // 503 while the process is being replaced; 404 before the document was accepted.
    const answer = response.ok ? ((await response.json()) as { details?: readonly JsonObject[] }) : {};
    const [details] = answer.details ?? [];
    if (response.ok) seen = `${String(details?.['phase'])}: ${String(details?.['reason'])}`;
    if (details !== undefined && wanted.phases.includes(String(details['phase']))) return details;
    await pause(ASK_MS);
  }
  throw new Error(
    `waiting for ${wanted.target} to be ${wanted.phases.join(' or ')}: after ${withinMs} ms it is ${seen}`,
  );
}
