/** To a whole process group, named by the process that leads it. One that has ended already is what was wanted. */
export function signalGroup(leaderPid: number | undefined, signal: NodeJS.Signals): void {
  // A process that could not be started has no id.
  if (leaderPid === undefined) return;
  try {
    process.kill(-leaderPid, signal);
  } catch (thrown) {
    // ESRCH: nobody of that group lives any more.
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}

/** Whether a process of that id lives; whose it is does not matter. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it lives, and is another user's.
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH');
  }
}
