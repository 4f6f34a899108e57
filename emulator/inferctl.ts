/** Runs the product's own command line as a user would: in a process of its own, on the terminal of this one. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Resolves with the exit code. */
export type Inferctl = (args: readonly string[]) => Promise<number>;

export interface InferctlOptions {
  /** Folder of the repository. */
  readonly root: string;
  /** Folder of the contexts. */
  readonly home: string;
  /** Whether the context has to be named in what it tells the user to type, because another one is chosen. */
  readonly namesContext: boolean;
  /** Lines only, also on a terminal: for a story in which somebody else writes, too. */
  readonly isPlain: boolean;
}

export function inferctl({ root, home, namesContext, isPlain }: InferctlOptions): Inferctl {
  const entry = join(root, 'functions/cli/main.ts');
  const context = namesContext ? ['--context', 'local'] : [];
  const env = {
    ...process.env,
    INFERCTL_HOME: home,
    INFERCTL_CONTEXT: 'local',
    // A terminal of this kind cannot move its cursor, so nothing is drawn over (terminfo, `dumb`).
    ...(isPlain && { TERM: 'dumb' }),
  };
  return (args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [entry, ...context, ...args], { stdio: 'inherit', env });
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
}
