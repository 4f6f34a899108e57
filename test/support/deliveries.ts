/** Carries what Pub/Sub, Cloud Tasks and cron deliver into the process, and lets one delivery go wrong. */
import type { Dispatcher, DispatchRequest } from '../../emulator/delivery/dispatcher.ts';
import type { WorldClock } from '../../emulator/world/clock.ts';
import { parseDelivery, parseWake } from '#shared/delivery.ts';
import { Delivery, FunctionProcess, Killed } from './delivery-under-test.ts';

export type DeliveryFault =
  /** It comes twice at the same instant, and both are worked on at once. */
  | 'twice'
  /** It comes again after `LATER_MS`, behind newer ones. */
  | 'again'
  /** It comes after `LATER_MS` only, behind newer ones. */
  | 'delayed';

export interface DisturbedDelivery {
  readonly index: number;
  readonly fault: DeliveryFault;
  /** What is delivered then in the uncut run. */
  readonly label?: string;
}

/** World time, ms: longer than the build's pauses between two looks, so that newer deliveries overtake this one. */
const LATER_MS = 30_000;

interface Reply {
  readonly status: number;
}

export interface DeliveriesOptions {
  readonly disturbed: DisturbedDelivery | undefined;
  /** Whether a wake comes at once when a delivery breaks off, besides the sender's own retries. */
  readonly repeatsAtOnce: boolean;
  readonly answer: (delivery: Delivery, request: DispatchRequest) => Promise<Reply>;
}

export class Deliveries implements Dispatcher {
  /** One line per delivery of a sender, in order. */
  readonly seen: string[] = [];
  /** How often the process died and was replaced. */
  deaths = 0;
  /** What was disturbed; undefined: nothing yet. */
  struck: string | undefined;
  readonly #options: DeliveriesOptions;
  /** The latest wake of each function: an older one than any timer that came since, and looked at whatever it finds. */
  readonly #wakes = new Map<string, DispatchRequest>();
  #process = new FunctionProcess();
  #clock: WorldClock | undefined;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  attach(clock: WorldClock): void {
    this.#clock = clock;
  }

  async post(request: DispatchRequest): Promise<Reply> {
    const { disturbed } = this.#options;
    const index = this.seen.length;
    this.seen.push(request.label);
    if (request.label.startsWith('push ')) this.#wakes.set(request.url, request);
    if (disturbed?.index !== index) return await this.#carry(request);
    this.struck = request.label;
    if (disturbed.fault === 'twice') return (await Promise.all([this.#carry(request), this.#carry(request)]))[0];
    this.#carryAfter(request, LATER_MS);
    return disturbed.fault === 'again' ? await this.#carry(request) : { status: 204 };
  }

  async #carry(request: DispatchRequest): Promise<Reply> {
    if (!this.#process.alive) {
      this.#process = new FunctionProcess();
      this.deaths++;
    }
    const process = this.#process;
    const delivery = new Delivery(process, new URL(request.url).pathname.slice(1), targetOf(request));
    const answering = this.#options.answer(delivery, request);
    delivery.over = answering.catch(() => undefined);
    try {
      return await Promise.race([answering, process.killed, delivery.disconnected]);
    } catch (thrown) {
      if (this.#options.repeatsAtOnce && thrown instanceof Killed) {
        this.#carryAfter(this.#wakes.get(request.url) ?? request, 0);
      }
      throw thrown;
    }
  }

  /** Nobody waits for the answer. */
  #carryAfter(request: DispatchRequest, delayMs: number): void {
    const clock = this.#clock;
    if (clock === undefined)
      throw new Error(`delivering ${request.label} later: the deliveries are attached to no clock`);
    clock.after(delayMs, () => {
      const release = clock.hold();
      void this.#carry(request).then(release, release);
    });
  }
}

/** The target of a wake or timer; documents, alerts and ticks are about none that a look could miss. */
function targetOf({ body }: DispatchRequest): string {
  const delivery = parseDelivery(JSON.parse(body.toString('utf8')));
  if (delivery.kind === 'unreadable') return '';
  return (delivery.kind === 'timer' ? delivery.timer.target : parseWake(delivery.message.text)?.target) ?? '';
}
