import { systemTime } from '../../../emulator/world/real-time.ts';

/** Real time that a state may take; on two busy cores none took more than 16 s. */
const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 50;

/** Looks until `expectation` does not throw; what it threw last is the failure. */
export async function eventually(expectation: () => void): Promise<void> {
  const deadlineMs = systemTime.nowMs() + PATIENCE_MS;
  for (;;) {
    try {
      expectation();
      return;
    } catch (thrown) {
      if (systemTime.nowMs() > deadlineMs) throw thrown;
    }
    await new Promise<void>((resolve) => void systemTime.setTimer(LOOK_EVERY_MS, resolve));
  }
}
