/** Help texts, made of the table of commands. Pure. */
import { type Command, globalOptions, type OptionSpecs } from './command.ts';
import { exitCodeMeanings } from './exit.ts';
import { typable } from './program.ts';
import { plain, renderLines, span } from './text/line.ts';
import { alignCells } from './text/table.ts';

/** Everything that is true of every command; the details of one are in its own text. */
export function generalHelp(commands: readonly Command[], program: string): string {
  const text = sections([
    ['inferctl: serverless automation that builds and runs LLM inference on GKE'],
    ['Usage: inferctl [--context NAME] COMMAND …'],
    [
      'Commands:',
      ...columns([
        ...commands.map(({ name, summary }) => [name, summary]),
        ['help', 'show how a command is used: inferctl help COMMAND'],
      ]),
    ],
    [
      'Options of every command:',
      ...columns([...optionRows(globalOptions), ['--version', 'print the version (without a command)']]),
    ],
    ['Exit codes:', ...columns(exitCodeMeanings.map(([code, meaning]) => [String(code), meaning]))],
    ['Examples:', ...columns(commands.flatMap(({ examples }) => examples.slice(0, 1)))],
    ['Colours are left out when NO_COLOR is set or the output is no terminal.'],
  ]);
  return typable(text, program);
}

export function commandHelp({ name, summary, usage, options, notes, examples }: Command, program: string): string {
  const text = sections([
    [`inferctl ${name}: ${summary}`],
    [`Usage: inferctl ${name} ${usage}`],
    ['Options:', ...columns(optionRows({ ...options, ...globalOptions }))],
    ...(notes === undefined ? [] : [notes]),
    ['Examples:', ...columns(examples)],
  ]);
  return typable(text, program);
}

/** Paragraphs with an empty line between them. */
function sections(parts: readonly (readonly string[])[]): string {
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const lines = alignCells(
    rows.map(([first = '', ...others]) => [span(`  ${first}`), ...others.map((text) => span(text))]),
  );
  return renderLines(lines.length === 0 ? [plain('')] : lines, { isColoured: false })
    .trimEnd()
    .split('\n');
}

/** `-f, --file FILE`; long options without a short one are aligned with the others. */
function optionRows(specs: OptionSpecs): readonly (readonly string[])[] {
  return Object.entries(specs).map(([name, { short, value, summary }]) => {
    const forms = `${short === undefined ? '    ' : `-${short}, `}--${name}`;
    return [value === undefined ? forms : `${forms} ${value}`, summary];
  });
}
