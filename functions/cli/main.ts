#!/usr/bin/env node
/** `inferctl`: the composition root of the command line. The only file of it that touches the process, the clock and vendor clients. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir, hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from './io.ts';
import { run } from './run.ts';

const { stdin, stdout, stderr, env } = process;

const io: Io = {
  out: (chunk) => void stdout.write(chunk),
  err: (chunk) => void stderr.write(chunk),
  // A dumb terminal cannot move its cursor (terminfo, `dumb`).
  isTerminal: stdout.isTTY === true && env['TERM'] !== 'dumb',
  columns: () => stdout.columns ?? 80,
  rows: () => stdout.rows ?? 24,
  environment: env,
  // An empty variable is an unset one.
  configFolder: env['INFERCTL_HOME'] || join(homedir(), '.config', 'inference-fleet'),
  readFile: (path) => readFile(path, 'utf8'),
  async writeFile(path, content) {
    await mkdir(dirname(path), { recursive: true });
    const whole = `${path}.${process.pid}`;
    // Contexts may hold a token.
    await writeFile(whole, content, { mode: 0o600 });
    await rename(whole, path);
  },
  readStdin: () => text(stdin),
  fetch,
  sender,
  identify: async (audience) => await (await import('./identity.ts')).identify(audience),
  publish: async (request) => await (await import('./publisher.ts')).publish(request),
  nowMs: () => Math.round(performance.now()),
  sleep: (ms) => sleep(ms),
};

/** A user of a container may have no name (Node.js documentation, `os.userInfo`: throws then). */
function sender(): string | undefined {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return undefined;
  }
}

// `inferctl get | head` closes our output early: nobody is left to read the rest.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await run(process.argv.slice(2), io);
