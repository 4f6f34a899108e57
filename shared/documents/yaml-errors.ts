/** What is wrong in a text that is no YAML, in words of somebody who writes documents and not parsers. Pure. */
import type { ErrorCode, YAMLError } from 'yaml';
import type { Problem } from '../domain/problem.ts';

/** What the place does, as the rest of a sentence about it, and what to write instead. */
type Advice = readonly [what: string, fix: string];

const indented: Advice = [
  'is indented otherwise than the lines that it belongs to',
  'begin it in their column, with spaces',
];
const surplus: Advice = [
  'has something that does not belong there',
  'remove it, begin it in the column of its neighbours, or put quotes around the whole value',
];
const notClosed: Advice = ['ends before a quote or bracket that was opened is closed', 'close it'];

/** By code of the package `yaml` (eemeli/yaml `src/errors.ts`). */
const advice: Partial<Readonly<Record<ErrorCode, Advice>>> = {
  BAD_INDENT: indented,
  TAB_AS_INDENT: ['is indented with a tab', 'use spaces'],
  DUPLICATE_KEY: ['names a field that is there already', 'remove one of the two'],
  BLOCK_AS_IMPLICIT_KEY: [
    'is a value that another "name: value" follows',
    'begin that one on a line of its own, in the column of its neighbours; quote a value that has ": " in it',
  ],
  BLOCK_IN_FLOW: ['has a bracket or comma missing before it', 'put a comma between the entries'],
  MISSING_CHAR: notClosed,
  MULTILINE_IMPLICIT_KEY: ['has a name without ": " and a value', 'write name: value'],
  BAD_SCALAR_START: ['begins with a sign that means something else in YAML', 'put quotes around the value'],
  BAD_DQ_ESCAPE: ['has a backslash with a letter that means nothing', 'use single quotes, or write two backslashes'],
  UNEXPECTED_TOKEN: surplus,
};

/** Messages of one code that are about different mistakes. */
const byMessage: readonly (readonly [RegExp, Advice])[] = [
  [/must .*end with a [\]}]/, notClosed],
  [
    /without - indicator/,
    ['is not an entry of the list around it', 'begin it with -, or in the column of the list’s owner'],
  ],
  [
    /followed by map values/,
    ['has a name without ": " and a value', 'write name: value, with a space after the colon'],
  ],
];

/** The first mistake: what follows it is mostly its consequence. */
export function yamlProblem(error: YAMLError, text: string): Problem {
  const { line, col: column } = error.linePos?.[0] ?? { line: 1, col: 1 };
  const written = (text.split('\n')[line - 1] ?? '').trim();
  const known = byMessage.find(([pattern]) => pattern.test(error.message))?.[1] ?? advice[error.code];
  const [what, fix] = known ?? [`cannot be read (${summaryOf(error)})`, 'correct it there'];
  const where = `line ${line}, column ${column}${written === '' ? '' : `: ${written}`}`;
  return { field: '(text)', value: where, rule: `must be YAML or JSON, but the place ${what}`, fix };
}

/** The parser's first line without the position, which the value names, and without the excerpt below it. */
function summaryOf(error: YAMLError): string {
  return error.message
    .split('\n', 1)
    .join('')
    .replace(/ at line \d+, column \d+:?$/, '');
}
