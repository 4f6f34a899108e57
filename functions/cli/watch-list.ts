/** `get -w`: all targets, for as long as the user likes. */
import type { Invocation } from './command.ts';
import type { ExitCode } from './exit.ts';
import { exitCodes } from './exit.ts';
import { type Io, isColoured } from './io.ts';
import { makeLiveScreen } from './live-screen.ts';
import type { TargetRow } from './status-answers.ts';
import { plain, renderLines } from './text/line.ts';
import { changedTargets, freezeLines, targetTable } from './views/targets.ts';
import { watch } from './watch.ts';

/** Ends by an interruption or by an error only. */
export async function watchList(
  { io, program }: Invocation,
  read: () => Promise<readonly TargetRow[]>,
): Promise<ExitCode> {
  const show = io.isTerminal ? liveTable(io, program) : plainTable(io, program);
  await watch(io, read, (targets) => {
    show(targets);
    return 'go on';
  });
  return exitCodes.ok;
}

function liveTable(io: Io, program: string): (targets: readonly TargetRow[]) => void {
  const screen = makeLiveScreen(io);
  // The cursor stands on the line below the table.
  return (targets) =>
    screen.draw(
      targets.length === 0
        ? [plain('no targets yet')]
        : [...freezeLines(targets, program), ...targetTable(targets)].slice(0, io.rows() - 1),
    );
}

/** The table once, then a row for each change. */
function plainTable(io: Io, program: string): (targets: readonly TargetRow[]) => void {
  let before: readonly TargetRow[] = [];
  let saidHeader = false;
  let saidNone = false;
  let saidFreeze = '';
  return (targets) => {
    if (targets.length === 0 && !saidNone) io.out('no targets yet\n');
    saidNone = true;
    const freeze = renderLines(freezeLines(targets, program), { isColoured: isColoured(io) });
    if (freeze !== saidFreeze) io.out(freeze);
    saidFreeze = freeze;
    const changed = changedTargets(before, targets);
    before = targets;
    if (changed.size === 0) return;
    // Aligned among all rows, so that the columns stay where they are.
    const table = targetTable(targets);
    const lines = table.filter((_, index) => (index === 0 ? !saidHeader : changed.has(index - 1)));
    saidHeader = true;
    io.out(renderLines(lines, { isColoured: isColoured(io) }));
  };
}
