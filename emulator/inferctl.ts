/** Runs the product's own command line as a user would: in a process of its own, on the terminal of this one. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Resolves with the exit code. */
export type Inferctl = (args: readonly string[]) => Promise<number>;

export function inferctl(root: string, home: string): Inferctl {
  const entry = join(root, 'functions/cli/main.ts');
  return (args) =>
    new Promise((resolve, reject) => {
      const env = { ...process.env, INFERCTL_HOME: home, INFERCTL_CONTEXT: 'local' };
      const child = spawn(process.execPath, [entry, ...args], { stdio: 'inherit', env });
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
}
