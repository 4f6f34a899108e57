import { MAX_SEQUENCE } from './document.ts';

/** When and as what it was published. */
export type PublishPlace = Pick<OrderPlace, 'publishTimeMs' | 'messageId'>;

/** The place of one document among all those of its target (D1). */
export interface OrderPlace {
  /** `metadata.sequence`, if its author set one. */
  readonly sequence?: number;
  /** Publish time of the message that brought it (a replay keeps the original's), Unix ms. */
  readonly publishTimeMs: number;
  /** Breaks ties of the publish time. Pub/Sub's are decimal numbers, so a longer one is greater. */
  readonly messageId: string;
  /** Hash of the content that counts: two documents of one hash want the same. */
  readonly contentHash: string;
}

export type AcceptedPlace = OrderPlace & { readonly sequence: number };

export type OrderDecision =
  /** Becomes the wanted state, under this sequence. */
  | { readonly kind: 'newer'; readonly sequence: number }
  /** Is the wanted state already. */
  | { readonly kind: 'same' }
  /** Wants the same once more: what was published before it can no longer replace it. */
  | { readonly kind: 'renewed'; readonly sequence: number }
  | { readonly kind: 'stale'; readonly reason: string };

/**
 * Decides whether a document that came in replaces the one that stands. First row that matches wins.
 *   | stands | sequence given | compared with what stands            | decision                     |
 *   | no     | any            | –                                    | newer (given sequence, or 1) |
 *   | yes    | yes            | greater                              | newer                        |
 *   | yes    | yes            | equal, same content                  | same                         |
 *   | yes    | yes            | equal, other content                 | stale                        |
 *   | yes    | yes            | smaller                              | stale                        |
 *   | yes    | no             | the very message, same content       | same                         |
 *   | yes    | no             | the very message, other content      | stale: no replay of it       |
 *   | yes    | no             | published later, same content        | renewed: the same sequence   |
 *   | yes    | no             | published later (ties: message id)   | newer, next sequence         |
 *   | yes    | no             | published earlier                    | stale                        |
 */
export function orderDocument(stands: AcceptedPlace | undefined, incoming: OrderPlace): OrderDecision {
  if (stands === undefined) return { kind: 'newer', sequence: incoming.sequence ?? 1 };
  if (incoming.sequence !== undefined) return orderBySequence(stands, incoming, incoming.sequence);
  if (incoming.messageId === stands.messageId) return orderByContent(stands, incoming);
  if (isPublishedLater(incoming, stands)) return replaceBy(incoming, stands);
  return {
    kind: 'stale',
    reason:
      `published at ${toTime(incoming.publishTimeMs)}, before the document that stands ` +
      `(${toTime(stands.publishTimeMs)}, sequence ${stands.sequence}): ${publishAgain(stands)}`,
  };
}

function orderBySequence(stands: AcceptedPlace, incoming: OrderPlace, sequence: number): OrderDecision {
  if (sequence > stands.sequence) return { kind: 'newer', sequence };
  const fix = sequenceAfter(stands);
  if (sequence < stands.sequence) {
    return {
      kind: 'stale',
      reason: `metadata.sequence ${sequence} is older than ${stands.sequence}, which stands: ${fix}`,
    };
  }
  if (incoming.contentHash === stands.contentHash) return { kind: 'same' };
  return { kind: 'stale', reason: `metadata.sequence ${sequence} stands already with other content: ${fix}` };
}

/** A message id may be claimed (a replay names its original): only the same content shows that it is the very message. */
function orderByContent(stands: AcceptedPlace, incoming: OrderPlace): OrderDecision {
  if (incoming.contentHash === stands.contentHash) return { kind: 'same' };
  return {
    kind: 'stale',
    reason:
      `message ${stands.messageId} stands already with other content (sequence ${stands.sequence}): ` +
      'publish it as a message of its own, without the attributes of a replay',
  };
}

/** How to get past what stands; where no greater sequence may be given, the time of publishing still decides. */
function sequenceAfter({ sequence }: AcceptedPlace): string {
  if (sequence >= MAX_SEQUENCE) return 'publish it without a metadata.sequence';
  return `use metadata.sequence ${sequence + 1} or more`;
}

function publishAgain(stands: AcceptedPlace): string {
  return stands.sequence >= MAX_SEQUENCE ? 'publish it again' : `publish it again, or ${sequenceAfter(stands)}`;
}

function replaceBy(incoming: OrderPlace, stands: AcceptedPlace): OrderDecision {
  if (incoming.contentHash === stands.contentHash) return { kind: 'renewed', sequence: stands.sequence };
  return { kind: 'newer', sequence: stands.sequence + 1 };
}

/** Ties are broken by the message id. */
export function isPublishedLater(incoming: PublishPlace, stands: PublishPlace): boolean {
  if (incoming.publishTimeMs !== stands.publishTimeMs) return incoming.publishTimeMs > stands.publishTimeMs;
  const longer = incoming.messageId.length - stands.messageId.length;
  return longer === 0 ? incoming.messageId > stands.messageId : longer > 0;
}

function toTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
