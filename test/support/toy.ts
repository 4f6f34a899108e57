/** The smallest automation that acts, on a bench of its own: it turns a toy once and is then satisfied. */
import { type Automation, type LoopPorts, type Outcome, runAutomation, type Trigger } from '#shared/automation.ts';
import type { Plan, Step, StepStatus } from '#shared/domain/step.ts';
import { Progress, progressKey, WakeRecord, wakeKey } from '#shared/ledger/records.ts';
import { type LoopBench, makeLoopBench, wakeUp, want } from './loop-ports.ts';

export const target = 'toy/one';
export const wake = { automation: 'turn-toy', target };

export interface Toy {
  turned: number;
  looks: number;
  /** Runs inside the next look. */
  during?: (() => Promise<void>) | undefined;
  recheckAfterSeconds?: number;
}

export type ToyAutomation = Automation<number, Step, LoopPorts>;

export function makeAutomation(toy: Toy, over: Partial<ToyAutomation> = {}): ToyAutomation {
  return {
    name: wake.automation,
    async observe() {
      toy.looks++;
      const { during } = toy;
      toy.during = undefined;
      await during?.();
      return toy.turned;
    },
    plan: (_subject, turned) => ({
      kind: turned > 0 ? 'hold' : 'act',
      phase: turned > 0 ? 'ready' : 'building',
      reason: turned > 0 ? 'it is turned' : 'turning it',
      next: 'nothing',
      steps: [{ step: makeStep('turn'), status: { state: turned > 0 ? 'done' : 'ready' } }],
      ...(toy.recheckAfterSeconds !== undefined && { recheckAfterSeconds: toy.recheckAfterSeconds }),
    }),
    async apply(_step, context) {
      await context.fence();
      toy.turned++;
      return { kind: 'started' };
    },
    ...over,
  };
}

export const makeStep = (id: string): Step => ({ id, title: `${id} it`, dependsOn: [] });

/** A plan of such steps, its phase by what is left to do. */
export function makePlan(statuses: Readonly<Record<string, StepStatus>>, over: Partial<Plan<Step>> = {}): Plan<Step> {
  const states = Object.values(statuses).map(({ state }) => state);
  return {
    kind: states.includes('ready') ? 'act' : 'hold',
    phase: states.every((state) => state === 'done') ? 'ready' : 'building',
    reason: 'r',
    next: 'n',
    steps: Object.entries(statuses).map(([id, status]) => ({ step: makeStep(id), status })),
    ...over,
  };
}

export interface ToyBench {
  readonly bench: LoopBench;
  readonly toy: Toy;
  readonly run: (trigger?: Partial<Trigger>, automation?: ToyAutomation) => Promise<Outcome>;
}

export async function makeBench(over: Parameters<typeof makeLoopBench>[0] = {}): Promise<ToyBench> {
  const bench = makeLoopBench(over);
  const toy: Toy = { turned: 0, looks: 0 };
  await want(bench.ledger, target);
  await wakeUp(bench.ledger, wake);
  return {
    bench,
    toy,
    run: (trigger = {}, automation = makeAutomation(toy)) => runAutomation(automation, bench, { target, ...trigger }),
  };
}

export const readWake = async (bench: LoopBench) => WakeRecord.parse(await bench.ledger.get(wakeKey(wake)));
export const readProgress = async (bench: LoopBench) => Progress.parse(await bench.ledger.get(progressKey(wake)));
