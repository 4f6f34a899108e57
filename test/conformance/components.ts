/** Which real components this machine has. What is missing is named, and in CI nothing may be missing. */
import { execFileSync } from 'node:child_process';

export function isInstalled(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    // `which` ends with 1 for a command that is not there: the answer, not an error.
    return false;
  }
}

/** Why the tests of a component were skipped and that this counts as a failure; undefined: it is there, or may be missing here. */
export function skipReason(command: string): string | undefined {
  if (isInstalled(command)) return undefined;
  const reason = `skipped: ${command} is not installed`;
  process.stderr.write(`${reason}\n`);
  return process.env['CI'] === undefined ? undefined : reason;
}
