/** A Compute world on a clock that jumps when it is told to: nothing happens between two steps of a test. */
import { ComputeWorld } from '../../../emulator/compute/compute-world.ts';
import { type ComputeFacts, defaultComputeFacts } from '../../../emulator/compute/facts.ts';
import type { WorldBase } from '../../../emulator/world/base.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import type { RealTime } from '../../../emulator/world/real-time.ts';
import { ApiError } from '../../../emulator/world/rejection.ts';

export const START_MS = Date.UTC(2026, 8, 1);

export const US = { region: 'us-central1' } as const;
export const EUROPE = { region: 'europe-west1' } as const;

export interface ComputeFixture {
  readonly world: ComputeWorld;
  readonly base: WorldBase;
  readonly clock: WorldClock;
  readonly journal: Journal;
  /** Lets every operation that is running end. */
  readonly settle: () => void;
  /** Lets so much world time pass. */
  readonly pass: (ms: number) => void;
}

/** Timers that fire only when the test says so. */
function makeManualTime(): RealTime & { fireAll(): void } {
  const due = new Set<() => void>();
  return {
    nowMs: () => 0,
    setTimer(_delayMs, callback) {
      due.add(callback);
      return () => due.delete(callback);
    },
    fireAll() {
      for (let [next] = due; next !== undefined; [next] = due) {
        due.delete(next);
        next();
      }
    },
  };
}

export function makeCompute(options: { readonly seed?: string; readonly facts?: ComputeFacts } = {}): ComputeFixture {
  const real = makeManualTime();
  const clock = new WorldClock({ startMs: START_MS, speed: 'max', real });
  const journal = new Journal(clock);
  const random = new KeyedRandom(options.seed ?? 'seed');
  const base = { clock, journal, random, project: 'demo', projectNumber: '123456789012' };
  const world = new ComputeWorld(base, options.facts ?? defaultComputeFacts);
  clock.start();
  return {
    world,
    base,
    clock,
    journal,
    settle: () => real.fireAll(),
    pass: (ms) => {
      // Only the first event is due at each firing; the clock stops at ours by taking a hold there.
      let release = () => {};
      clock.after(ms, () => {
        release = clock.hold();
      });
      real.fireAll();
      release();
    },
  };
}

export const networkBody = (name: string, over: JsonMap = {}): JsonMap => ({
  name,
  autoCreateSubnetworks: false,
  ...over,
});

export const roceBody = (name: string): JsonMap =>
  networkBody(name, { networkProfile: 'projects/demo/global/networkProfiles/us-central1-b-vpc-roce' });

export const subnetBody = (name: string, network: string, ipCidrRange: string, over: JsonMap = {}): JsonMap => ({
  name,
  network: `projects/demo/global/networks/${network}`,
  ipCidrRange,
  ...over,
});

export const firewallBody = (name: string, network: string, over: JsonMap = {}): JsonMap => ({
  name,
  network: `global/networks/${network}`,
  sourceRanges: ['192.168.0.0/16'],
  allowed: [{ IPProtocol: 'tcp', ports: ['0-65535'] }, { IPProtocol: 'icmp' }],
  ...over,
});

export const natBody = (name: string, over: JsonMap = {}): JsonMap => ({
  name,
  natIpAllocateOption: 'AUTO_ONLY',
  sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
  ...over,
});

export const routerBody = (name: string, network: string, over: JsonMap = {}): JsonMap => ({
  name,
  network: `projects/demo/global/networks/${network}`,
  ...over,
});

/** A world with the networks `net` and `rdma` ready. */
export function makeNetworks(): ComputeFixture {
  const fixture = makeCompute();
  fixture.world.insert('networks', {}, networkBody('net'));
  fixture.world.insert('networks', {}, roceBody('rdma'));
  fixture.settle();
  return fixture;
}

/** Link of a resource of the project, as the world writes it. */
export const linkTo = (path: string) => `https://www.googleapis.com/compute/v1/projects/demo/${path}`;

/** A row of a table of refused bodies. */
export interface Refused {
  readonly name: string;
  /** Region of the call; us-central1 where it matters and is not said. */
  readonly place?: { readonly region: string };
  readonly body: JsonMap;
  readonly id: string;
  readonly message?: string;
}

/** A text field of an answer. */
export function textOf(answer: JsonMap | undefined, field: string): string {
  const value = answer?.[field];
  if (typeof value !== 'string') throw new Error(`reading ${field}: it is ${JSON.stringify(value)}`);
  return value;
}

/** What the world refused, in the fields that callers see. */
export function refusal(call: () => unknown): {
  readonly id: string;
  readonly status: number;
  readonly reason: string | undefined;
  readonly message: string;
} {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { id: error.id, status: error.httpStatus, reason: error.reason, message: error.message };
  }
  throw new Error('the call was accepted');
}
