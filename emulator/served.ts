/** `npm run served`: writes what the local cloud does not serve, where it ends and what it assumes into its README. */
import { readFileSync, writeFileSync } from 'node:fs';
import './local-cloud.ts';
import { computeCalls } from './wires/compute-calls.ts';
import { unservedGkeMethods } from './wires/gke-protos.ts';
import { unservedMonitoringMethods } from './wires/monitoring-grpc.ts';
import { unservedPubSubMethods } from './wires/pubsub-grpc.ts';
import { unservedSchedulerMethods } from './wires/scheduler-rest.ts';
import { unservedTasksMethods } from './wires/tasks-rest.ts';
import { allRejections, type Rejection, type SourceKind, sourceKindOf } from './world/rejection.ts';

const MARKS = { begin: '<!-- generated: npm run served -->', end: '<!-- end of generated -->' };

/** The README with its generated part made anew. */
export function withGenerated(readme: string): string {
  const before = readme.slice(0, readme.indexOf(MARKS.begin));
  const after = readme.slice(readme.indexOf(MARKS.end) + MARKS.end.length);
  return `${before}${MARKS.begin}\n\n${generated()}\n\n${MARKS.end}${after}`;
}

function generated(): string {
  const rejections = allRejections();
  const ofKind = (kind: SourceKind) => rejections.filter((rejection) => sourceKindOf(rejection) === kind);
  const assumed = ofKind('assumed');
  const limits = ofKind('limit');
  return [
    '### Not served (answers UNIMPLEMENTED)',
    '',
    `- Compute Engine: everything but ${computeCalls.length} calls (\`emulator/wires/compute-calls.ts\` is the list)`,
    `- GKE: ${list(unservedGkeMethods())}`,
    `- Pub/Sub: ${list(unservedPubSubMethods)}`,
    `- Cloud Monitoring: ${list(unservedMonitoringMethods)}`,
    `- Cloud Scheduler: ${list(unservedSchedulerMethods.map((method) => method.replace('projects.locations.', '')))}`,
    `- Cloud Tasks: ${list(unservedTasksMethods.map((method) => method.replace('projects.locations.', '')))}`,
    '',
    '### Limits of the local cloud',
    '',
    `${limits.length} of ${rejections.length} rejections are no answers of Google: each says what the local cloud does not do.`,
    '',
    ...table('What the local cloud does not do', limits),
    '',
    '### Assumed',
    '',
    `${assumed.length} of ${rejections.length} rejections are assumed, in whole or in their wording; each of the other ${ofKind('fact').length} cites its source where it is declared.`,
    '',
    ...table('What is assumed, and why', assumed),
  ].join('\n');
}

/** One line for each rejection, with its source less the mark in front. */
function table(heading: string, rejections: readonly Rejection<never>[]): readonly string[] {
  const rows = rejections.map(
    ({ id, source }) => `| \`${id}\` | ${source.replace(/^\w+: /, '').replaceAll('|', '\\|')} |`,
  );
  return [`| Rejection | ${heading} |`, '|---|---|', ...rows];
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

if (import.meta.main) {
  const file = new URL('README.md', import.meta.url);
  writeFileSync(file, withGenerated(readFileSync(file, 'utf8')));
  process.exit();
}
