/** What every contract needs of the world behind the ports. */
export interface TimeUnderTest {
  /** The world's time stands still but during this; it passes until the condition holds. */
  readonly passUntil: (condition: () => Promise<boolean>) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Reads and compares until it is so; a world at full speed ends an operation of half an hour within a few readings. */
export async function repeatUntil(condition: () => Promise<boolean>): Promise<void> {
  for (let readings = 0; readings < 5_000; readings++) {
    if (await condition()) return;
    // A condition over ports without sockets would never let the world's own events run.
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('waiting for the world: the condition does not hold after 5000 readings');
}
