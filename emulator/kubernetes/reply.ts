/** What the API answers: a document or a stream. */
import type { JsonMap } from '../world/json.ts';
import type { StartWatch } from './watch.ts';

export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface AnswerReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** JSON, or text as it is. */
  readonly body: JsonMap | string;
  /** In place of a body that is neither. */
  readonly bytes?: Buffer;
}

/** An answer with whether anything changed by it. */
export interface EffectiveReply {
  readonly reply: AnswerReply;
  readonly effect: boolean;
}

/** A stream of events. It goes on until its caller cancels it or it says that it ends. */
export interface WatchReply {
  readonly status: 200;
  readonly headers: ReplyHeaders;
  readonly watch: StartWatch;
  /** After which real time the client wants the stream to end: a deadline of its call, so the wire keeps it. */
  readonly timeoutSeconds?: number;
}

export type KubernetesReply = AnswerReply | WatchReply;

export const jsonHeaders: ReplyHeaders = { 'content-type': 'application/json' };
/** What a subresource answers that was told to do something. */
export const createdReply: AnswerReply = {
  status: 201,
  headers: jsonHeaders,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
};
export const textHeaders: ReplyHeaders = { 'content-type': 'text/plain; charset=utf-8' };
