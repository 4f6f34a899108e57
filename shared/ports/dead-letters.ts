/** A message that was refused, with everything needed to see why and to replay it. */
export interface DeadLetter {
  /** Why, in one sentence. */
  readonly reason: string;
  readonly messageId: string;
  /** Publish time of the original, Unix ms: a replay keeps its original place in the order (D1). */
  readonly publishTimeMs: number;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface DeadLetters {
  /** Publishes to the dead-letter topic. At least once: a repeated refusal may publish the letter again. */
  publish(letter: DeadLetter): Promise<void>;
}
