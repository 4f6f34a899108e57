/** Intake with everything in memory: messages in, letters and ledger out. */
import { type Delivery, parseDelivery } from '#shared/delivery.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { DocumentRecord, documentKey, MessageRecord, messageKey, WakeRecord, wakeKey } from '#shared/ledger/records.ts';
import type { DeadLetter } from '#shared/ports/dead-letters.ts';
import { accept } from '../../../functions/intake/accept.ts';
import { parseIntent } from '../../../functions/intake/intent.ts';
import type { IntakePorts } from '../../../functions/intake/ports.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';

export const target = 'cluster/demo';
export const wake = { automation: 'build-cluster', target };
export const subscription = 'projects/p/subscriptions/inference-fleet-intake';

export interface SentMessage {
  readonly id?: string;
  readonly atMs?: number;
  readonly attributes?: Record<string, string>;
  readonly subscription?: string;
}

export function makeBench(over: Parameters<typeof makeLoopBench>[0] = {}) {
  const loop = makeLoopBench(over);
  const letters: DeadLetter[] = [];
  const ports: IntakePorts = { ...loop, deadLetters: { publish: async (letter) => void letters.push(letter) } };
  const send = async (body: JsonObject | string, over: SentMessage & { readonly ports?: IntakePorts } = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    await accept(over.ports ?? ports, parseIntent(makePush(text, over), loop.clock.nowMs()));
  };
  const read = {
    document: async () => DocumentRecord.parse(await loop.ledger.get(documentKey(target))),
    message: async (messageId = 'm1', from = subscription) =>
      MessageRecord.parse(await loop.ledger.get(messageKey({ subscription: from, messageId }))),
    wake: async () => WakeRecord.parse(await loop.ledger.get(wakeKey(wake))),
  };
  /** Targets of the wakes that were published to an automation. */
  const wokenFor = (automation: string) =>
    loop.published.filter((one) => one.automation === automation).map((one) => one.target);
  return { loop, ports, letters, send, read, wokenFor };
}

export function makePush(text: string, message: SentMessage = {}): Delivery {
  return parseDelivery({
    message: {
      messageId: message.id ?? 'm1',
      publishTime: new Date(message.atMs ?? 10_000).toISOString(),
      attributes: message.attributes ?? {},
      data: Buffer.from(text).toString('base64'),
    },
    subscription: message.subscription ?? subscription,
  });
}
