/**
 * One run of the functions' process, without a process, and the deliveries in it. After a kill nothing of it has any effect any
 * more, whatever its code still tries in a catch or finally, as after a SIGKILL.
 */

/** The process died, or the connection to it broke: the caller has no answer. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export class FunctionProcess {
  readonly killed: Promise<never>;
  #reject: (error: Error) => void;
  #alive = true;

  constructor() {
    const { promise, reject } = makeRejection();
    this.killed = promise;
    this.#reject = reject;
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
    this.#reject(new Killed('the process was killed'));
  }

  check(): void {
    if (!this.#alive) throw new Killed('the process was killed');
  }

  die(): never {
    this.kill();
    throw new Killed('the process was killed');
  }
}

/** One request that the process works on. */
export class Delivery {
  readonly process: FunctionProcess;
  /** `build-cluster`, `intake`, … */
  readonly functionName: string;
  /** What it is about; empty where it is about no single target. */
  readonly target: string;
  /** Rejects when its caller hears nothing more of it. */
  readonly disconnected: Promise<never>;
  /** Settles when nothing of it runs any more, heard or not; never rejects. */
  over: Promise<unknown> = Promise.resolve();
  /** Real time (ms) that its calls have taken. */
  spentMs = 0;
  #reject: (error: Error) => void;

  constructor(process: FunctionProcess, functionName: string, target = '') {
    const { promise, reject } = makeRejection();
    this.process = process;
    this.functionName = functionName;
    this.target = target;
    this.disconnected = promise;
    this.#reject = reject;
  }

  disconnect(): void {
    this.#reject(new Killed('the connection broke'));
  }
}

/** Nobody may be waiting at the moment of the cut; that is not an unhandled error of the test. */
function makeRejection(): { readonly promise: Promise<never>; readonly reject: (error: Error) => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  return { promise, reject };
}
