/** The door of every automation: a wake or a timer in, one run of the loop, a verdict out. */
import {
  type Automation,
  type LoopPorts,
  type Outcome,
  runAutomation,
  type Subject,
  type Trigger,
  verdictOf,
} from '#shared/automation.ts';
import { parseDelivery, parseWake } from '#shared/delivery.ts';
import type { Plan, Step } from '#shared/domain/step.ts';
import type { Door } from './door.ts';
import { forInvoker } from './invoker.ts';
import type { Runtime } from './runtime.ts';

/** An automation with its own ports bound, its types closed over. */
export interface BoundAutomation {
  run(loop: LoopPorts, trigger: Trigger): Promise<Outcome>;
  /** What it would do now; changes nothing. */
  preview(subject: Subject, loop: LoopPorts): Promise<Plan<Step>>;
}

/** What a folder says of its automation (`registration.ts`): what wakes it, and how it gets to work. */
export interface AutomationDoor {
  /** That of its folder, its function and its wakes; kept in the ledger, so it is never changed. */
  readonly name: string;
  /** Document kinds that concern it. */
  readonly kinds: readonly string[];
  /** First part of the names of its targets, e.g. `cluster` (shared/domain/target.ts). */
  readonly targets: string;
  /** How far apart looks that mere hints lead to are at least, seconds. Set: the tick looks after its targets, too. */
  readonly paceSeconds?: number;
  /** Loads the automation and the parts of the world that it needs; at the first request, never at the start of a process. */
  bind(runtime: Runtime): Promise<BoundAutomation>;
}

/** `ports` are its own ones; those of the loop come with each delivery. */
export function bindAutomation<Observed, S extends Step, Ports>(
  automation: Automation<Observed, S, Ports & LoopPorts>,
  ports: Ports,
): BoundAutomation {
  return {
    run: (loop, trigger) => runAutomation(automation, { ...ports, ...loop }, trigger),
    preview: async (subject, loop) =>
      automation.plan(subject, await automation.observe(subject, { ...ports, ...loop })),
  };
}

/** The http function of one automation. */
export function automationDoor(door: AutomationDoor): Door {
  const { name } = door;
  return {
    async open(runtime) {
      const bound = await door.bind(runtime);
      return forInvoker(runtime, name, async ({ body }) => {
        const trigger = toTrigger(body);
        if (trigger === undefined) {
          // Only our own wakes and timers come this way, so junk is a bug or an intruder; repeating it helps nobody.
          runtime.log.error('ignored an unreadable wake', { automation: name });
          return { status: 204 };
        }
        return verdictOf(await bound.run(await runtime.begin(), trigger));
      });
    },
  };
}

function toTrigger(body: unknown): Trigger | undefined {
  const delivery = parseDelivery(body);
  if (delivery.kind === 'unreadable') return undefined;
  if (delivery.kind === 'timer') {
    return { target: delivery.timer.target, timerCheckAtMs: delivery.timer.nextCheckAtMs };
  }
  const wake = parseWake(delivery.message.text);
  return wake === undefined ? undefined : { target: wake.target };
}
