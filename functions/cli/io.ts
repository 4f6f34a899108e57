/** Everything outside the command line itself, so that a command is tested without a process, a socket or a wait. */

/** What a status request is made of; a part of the platform's own `fetch`. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface PublishRequest {
  readonly project: string;
  readonly topic: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Absent: Google's own. */
  readonly endpoint?: string;
  /** `adc`, `none` or `token:<access token>`, as in a context. */
  readonly credentials: string;
}

export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether `out` goes to a terminal that can move its cursor. */
  readonly isTerminal: boolean;
  /** Size of the terminal in characters, now: people resize it. */
  columns(): number;
  rows(): number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder of `contexts.json`. */
  readonly configFolder: string;
  /** Rejects with a Node system error (`code` ENOENT and so on). */
  readFile(path: string): Promise<string>;
  /** Replaces the file as a whole, readable by its owner only; makes its folder. */
  writeFile(path: string, text: string): Promise<void>;
  readStdin(): Promise<string>;
  /** Rejects when there is no answer. */
  fetch(url: string, request: HttpRequest): Promise<Response>;
  /** Value of the `authorization` header that proves who we are to `audience`, from Application Default Credentials. */
  identify(audience: string): Promise<string>;
  /** Who runs this, e.g. `ada@laptop`; undefined: the system does not say. */
  sender(): string | undefined;
  /** Publishes one message; resolves with its id when Pub/Sub has stored it. */
  publish(request: PublishRequest): Promise<string>;
  /** Real time, only for patience and redraws; the world's time comes with the status. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

/** Colours only for people, and only if they have not said no (no-color.org: set and not empty). */
export function isColoured({ isTerminal, environment }: Pick<Io, 'isTerminal' | 'environment'>): boolean {
  return isTerminal && (environment['NO_COLOR'] ?? '') === '';
}

/** Columns for sentences: a wide terminal makes them no easier to read, and a file has no width of its own. */
export function columnsUpTo(most: number, io: Pick<Io, 'isTerminal' | 'columns'>): number {
  return io.isTerminal ? Math.min(io.columns(), most) : most;
}
