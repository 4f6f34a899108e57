/** One part of the bench: measured by itself, told of while it runs, and bounded in time. */
import type { RealTime } from '../../emulator/world/real-time.ts';
import type { Row } from './row.ts';

export type Say = (what: string) => void;

export interface Part {
  readonly name: string;
  /** Real time, seconds: some four times what it takes on two cores that do nothing else. */
  readonly maxSeconds: number;
  /** `say` tells how far it is. */
  readonly measure: (say: Say) => Promise<readonly Row[]>;
}

export interface PartResult {
  readonly rows: readonly Row[];
  /** Why there are no figures. */
  readonly broken?: string;
}

/** Never rejects: a part that fails, or takes longer than its bound, says so in a row that has its name. */
export async function measurePart({ name, maxSeconds, measure }: Part, time: RealTime, say: Say): Promise<PartResult> {
  const beganMs = time.nowMs();
  const tell: Say = (what) =>
    say(`${name}: ${what} (${((time.nowMs() - beganMs) / 1000).toFixed(1)} s of at most ${maxSeconds} s)`);
  const { promise: tooLong, reject } = Promise.withResolvers<never>();
  const cancel = time.setTimer(maxSeconds * 1000, () => reject(new Error(`it takes longer than ${maxSeconds} s`)));
  try {
    tell('begins');
    const rows = await Promise.race([measure(tell), tooLong]);
    tell('ends');
    return { rows };
  } catch (thrown) {
    const broken = thrown instanceof Error ? thrown.message : String(thrown);
    tell(`FAILS: ${broken}`);
    return { rows: [{ name, value: `not measured: ${broken}`, unit: '-' }], broken };
  } finally {
    cancel();
  }
}
