/** Shows the first difference of each recorded conversation; `--help` says how. */
import { parseArgs } from 'node:util';
import { type Conversation, readConversations, skippedBecause, type Subject, subjects } from './cases.ts';
import { startOurs } from './ours.ts';
import { realMissing, startReal } from './real.ts';
import { describeDifference, replay, type Target } from './replayer.ts';

const usage = `npx node test/conformance/kubernetes/replay.ts [options]

  --file NAME   one of ${subjects.join(', ')} (default: all of them)
  --case NAME   one conversation, e.g. 'apply dry run'
  --quiet       one line for each difference
  --real        ask etcd and kube-apiserver instead of the local cloud (npm run control-plane builds them)
`;

interface Asked {
  readonly subjects: readonly Subject[];
  readonly case: string | undefined;
  readonly isQuiet: boolean;
  readonly isReal: boolean;
}

/** Ends the command: 2 where what was typed is wrong, 1 where something is missing. */
class CannotReplay extends Error {
  override readonly name = 'CannotReplay';
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

const print = (text: string) => process.stdout.write(`${text}\n`);

async function main(argv: readonly string[]): Promise<number> {
  try {
    const asked = readOptions(argv);
    if (asked === 'help') process.stdout.write(usage);
    else await run(asked);
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof CannotReplay)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    return thrown.exitCode;
  }
}

function readOptions(argv: readonly string[]): Asked | 'help' {
  const { file, case: name, help, quiet, real } = parse(argv);
  if (help) return 'help';
  const chosen = subjects.filter((subject) => file === undefined || file === subject);
  if (chosen.length === 0) throw wrong(`--file ${file}: must be one of ${subjects.join(', ')}`);
  return { subjects: chosen, case: name, isQuiet: quiet, isReal: real };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        file: { type: 'string' },
        case: { type: 'string' },
        quiet: { type: 'boolean', default: false },
        real: { type: 'boolean', default: false },
      },
    }).values;
  } catch (thrown) {
    // parseArgs says which option it does not know.
    throw wrong(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const wrong = (what: string) => new CannotReplay(`${what} (--help lists the options)`, 2);

async function run({ subjects: chosen, case: name, isQuiet, isReal }: Asked): Promise<void> {
  const why = skippedBecause ?? (isReal ? realMissing() : undefined);
  if (why !== undefined) throw new CannotReplay(`nothing can be replayed: ${why}`, 1);
  const cases = chosen.map((subject) => ({
    subject,
    conversations: readConversations(subject).filter((one) => name === undefined || one.name === name),
  }));
  if (cases.every(({ conversations }) => conversations.length === 0))
    throw wrong(`--case ${name}: there is none of that name in ${chosen.join(', ')}`);
  const target = isReal ? await startReal() : await startOurs();
  for (const { subject, conversations } of cases) {
    if (conversations.length === 0) continue;
    let passed = 0;
    for (const conversation of conversations) if (await passes(conversation, { subject, target, isQuiet })) passed++;
    print(`${subject}: ${passed} of ${conversations.length}`);
  }
  await target.stop();
}

interface Place {
  readonly subject: Subject;
  readonly target: Target;
  readonly isQuiet: boolean;
}

/** Says what differs, if something does. */
async function passes(conversation: Conversation, { subject, target, isQuiet }: Place): Promise<boolean> {
  const difference = await replay(conversation, target);
  if (difference === undefined) return true;
  print(`\n${subject} | ${conversation.name}\n  ${describeDifference(difference)}`);
  if (isQuiet) return false;
  print(`  sent ${difference.call.rawBody ?? JSON.stringify(difference.call.body)}`);
  print(`  expected ${JSON.stringify(difference.expected)}`);
  print(`  found ${JSON.stringify(difference.actual)}`);
  return false;
}

process.exitCode = await main(process.argv.slice(2));
// What the target still holds open must not keep the process.
process.exit();
