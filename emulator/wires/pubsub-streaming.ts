/**
 * StreamingPull of Pub/Sub: what the official clients' `subscription.on('message')` receives by. A stream asks the world at short
 * intervals of real time; nothing in the world waits for a stream, so it would not tell one.
 */
import type * as grpc from '@grpc/grpc-js';
import { numberOf, textOf } from '../delivery/json-fields.ts';
import type { PubSubWorld } from '../pubsub/pubsub-world.ts';
import type { JsonMap } from '../world/json.ts';
import { type RealTime, systemTime } from '../world/real-time.ts';
import { toStatus } from './grpc.ts';

/** Real time between two looks; short against what a client needs to set up a stream. */
const LOOK_MS = 20;

/** A pull's own bound (Pub/Sub documentation, "Quotas and limits": 1,000 messages of one pull). */
const MAX_MESSAGES = 1000;

type Call = grpc.ServerDuplexStream<JsonMap, JsonMap>;

/** Ends with the client, or with the refusal that a pull, an acknowledgement or a deadline meets. */
export function streamingPull(world: PubSubWorld, real: RealTime = systemTime): (call: Call) => void {
  return (call) => {
    let cancel = () => {};
    let source: Source | undefined;
    const guarded = (action: () => void) => {
      try {
        action();
      } catch (thrown) {
        cancel();
        call.emit('error', toStatus(thrown));
      }
    };
    const look = () =>
      guarded(() => {
        const receivedMessages = source?.take() ?? [];
        if (receivedMessages.length > 0) call.write({ receivedMessages: [...receivedMessages] });
        cancel = real.setTimer(LOOK_MS, look);
      });
    call.on('data', (request: JsonMap) =>
      guarded(() => {
        // Later ones that say nothing ask whether the stream lives (StreamingPullRequest.protocol_version), and want an answer.
        if (source !== undefined) call.write({});
        const isFirst = source === undefined;
        source ??= new Source(world, request);
        source.settle(request);
        if (isFirst) look();
      }),
    );
    call.on('end', () => {
      cancel();
      call.end();
    });
    call.on('cancelled', () => cancel());
  };
}

/** What one stream has of its subscription. The first request says which, and how much at a time. */
class Source {
  readonly #world: PubSubWorld;
  readonly #subscription: string;
  readonly #maxOutstanding: number;
  #deadlineSeconds: number | undefined;
  #outstanding: readonly string[] = [];

  constructor(world: PubSubWorld, request: JsonMap) {
    this.#world = world;
    this.#subscription = textOf(request, 'subscription') ?? '';
    // 0 and less are no bound (pubsub.proto, StreamingPullRequest.max_outstanding_messages).
    const bound = numberOf(request, 'maxOutstandingMessages') ?? 0;
    this.#maxOutstanding = bound > 0 ? bound : Number.POSITIVE_INFINITY;
  }

  /** Messages that may go, up to the bound. */
  take(): readonly JsonMap[] {
    this.#outstanding = this.#world.stillLent(this.#subscription, this.#outstanding);
    const room = Math.min(this.#maxOutstanding - this.#outstanding.length, MAX_MESSAGES);
    if (room < 1) return [];
    const received = this.#world.pull(this.#subscription, room, this.#deadlineSeconds);
    this.#outstanding = [...this.#outstanding, ...received.flatMap((one) => textOf(one, 'ackId') ?? [])];
    return received;
  }

  /** Acknowledgements and deadlines may come with any request of the stream. */
  settle(request: JsonMap): void {
    this.#deadlineSeconds = numberOf(request, 'streamAckDeadlineSeconds') || this.#deadlineSeconds;
    const ackIds = wordsOf(request, 'ackIds');
    if (ackIds.length > 0) this.#world.acknowledge(this.#subscription, ackIds);
    const seconds = request['modifyDeadlineSeconds'];
    wordsOf(request, 'modifyDeadlineAckIds').forEach((ackId, index) => {
      const forSeconds = Array.isArray(seconds) ? Number(seconds[index] ?? 0) : 0;
      this.#world.modifyAckDeadline(this.#subscription, [ackId], forSeconds);
    });
  }
}

/** A list of texts. */
export function wordsOf(request: JsonMap, field: string): readonly string[] {
  const words = request[field];
  return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
}
