/** `get TARGET -w`: one target until the user has seen enough, or until its work has ended. */
import type { Invocation } from './command.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { type Io, isColoured } from './io.ts';
import { makeLiveScreen } from './live-screen.ts';
import { readTarget } from './read-target.ts';
import type { Session } from './session.ts';
import type { Target } from './status-answers.ts';
import { plain, renderLines } from './text/line.ts';
import { changeLines } from './views/changes.ts';
import { closingLines } from './views/closing.ts';
import { targetFrame, unknownTargetFrame } from './views/frame.ts';
import { endingOf } from './views/phase.ts';
import { PATIENCE_MS, watch } from './watch.ts';

/** Where a target's looks are shown; undefined: it is not known yet. */
interface Display {
  show(target: Target | undefined): void;
  /** Everything shown so far is on the screen. */
  end(): void;
}

export async function watchTarget(invocation: Invocation, session: Session, target: string): Promise<ExitCode> {
  const { io } = invocation;
  const untilEnded = invocation.flag('until-ended');
  const display = io.isTerminal ? liveDisplay(io, target) : plainDisplay(io, target);
  // Patience with intake: between publishing and storing a document there are seconds.
  const beganAtMs = io.nowMs();
  const last = await watch(
    io,
    () => readTarget(session.status, target),
    (answer) => {
      if (answer === undefined && io.nowMs() - beganAtMs >= PATIENCE_MS) throw notKnown(invocation, target);
      display.show(answer);
      return untilEnded && answer !== undefined && endingOf(answer) !== undefined ? 'over' : 'go on';
    },
  ).finally(() => display.end());
  return close(invocation, last);
}

/** Somebody who follows what was just published must not wait for ever for a message that was refused. */
function notKnown({ program }: Invocation, target: string): CliError {
  const hint = `see ${program} get messages --phase refused`;
  return new CliError(
    exitCodes.notAsWanted,
    `${target} is not known after ${PATIENCE_MS / 1000} s: was its message refused? ${hint}`,
  );
}

/** Only reached through `--until-ended`: a plain watch goes on until it is interrupted. */
function close(invocation: Invocation, target: Target | undefined): ExitCode {
  const { io, program } = invocation;
  const ending = target === undefined ? undefined : endingOf(target);
  if (target === undefined || ending === undefined) throw new Error('closing a watch: the target has not ended');
  const hinted = invocation.flag('no-hints') ? undefined : { program, file: invocation.text('file') };
  io.out(renderLines([plain(''), ...closingLines(target, ending, hinted)], { isColoured: isColoured(io) }));
  return ending === 'ready' ? exitCodes.ok : exitCodes.notAsWanted;
}

function liveDisplay(io: Io, target: string): Display {
  const screen = makeLiveScreen(io);
  // The cursor stands on the line below the frame.
  return {
    show: (answer) =>
      screen.draw(answer === undefined ? unknownTargetFrame(target) : targetFrame(answer, io.rows() - 1)),
    end: () => screen.flush(),
  };
}

/** Says once that it waits; a log that repeats it is no log. */
function plainDisplay(io: Io, target: string): Display {
  let before: Target | undefined;
  let saidUnknown = false;
  return {
    show(answer) {
      if (answer === undefined) {
        if (!saidUnknown) io.out(`${target} is not known yet, waiting for the message to be accepted\n`);
        saidUnknown = true;
        return;
      }
      for (const text of changeLines(before, answer)) io.out(renderLines([plain(text)], { isColoured: false }));
      before = answer;
    },
    end: () => undefined,
  };
}
