/** Real time, as far as the world needs it; injected so that tests need none. */
export interface RealTime {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Calls back once after `delayMs` (0: as soon as pending input and promises have been served); returns the cancellation. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

export const systemTime: RealTime = {
  nowMs: () => performance.now(),
  setTimer(delayMs, callback) {
    if (delayMs <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timeout = setTimeout(callback, delayMs);
    return () => clearTimeout(timeout);
  },
};
