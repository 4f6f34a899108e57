/**
 * Shows the first difference of each conversation:
 * `node test/conformance/kubernetes/replay.ts [--file ssa] [--case 'apply dry run'] [--quiet] [--real]`
 */
import { parseArgs } from 'node:util';
import { readConversations, subjects } from './cases.ts';
import { startOurs } from './ours.ts';
import { startReal } from './real.ts';
import { describeDifference, replay } from './replayer.ts';

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    case: { type: 'string' },
    quiet: { type: 'boolean', default: false },
    real: { type: 'boolean', default: false },
  },
});

const print = (text: string) => process.stdout.write(`${text}\n`);

const target = values.real ? await startReal() : await startOurs();
for (const subject of subjects.filter((name) => values.file === undefined || values.file === name)) {
  const conversations = readConversations(subject).filter(
    ({ name }) => values.case === undefined || name === values.case,
  );
  let passed = 0;
  for (const conversation of conversations) {
    const difference = await replay(conversation, target);
    if (difference === undefined) {
      passed++;
      continue;
    }
    print(`\n${subject} | ${conversation.name}\n  ${describeDifference(difference)}`);
    if (values.quiet) continue;
    print(`  sent ${difference.call.rawBody ?? JSON.stringify(difference.call.body)}`);
    print(`  expected ${JSON.stringify(difference.expected)}`);
    print(`  found ${JSON.stringify(difference.actual)}`);
  }
  if (conversations.length > 0) print(`${subject}: ${passed} of ${conversations.length}`);
}
await target.stop();
process.exit();
