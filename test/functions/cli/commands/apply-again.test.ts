/** Publishing what stands already. */
import { expect, it } from 'vitest';
import { run } from '../../../../functions/cli/run.ts';
import { makeClusterDocument, makePool } from '../../../support/make-cluster.ts';
import { connectionRefused, contextFile, makeIo } from '../make-io.ts';
import { building, makeTarget } from '../make-target.ts';

const document = makeClusterDocument({ spec: { gpuPools: [makePool()] } });
const checked = { target: 'cluster/demo', problems: [], obstacles: [], warnings: [] };

async function applyBeside(standing: object, ...options: readonly string[]) {
  const io = makeIo({
    files: { ...contextFile, 'cluster.json': JSON.stringify(document) },
    status: {
      'POST /check': [{ body: checked }],
      'GET /targets/cluster/demo': [{ body: { ...makeTarget(building), sequence: 3, document: standing } }],
    },
  });
  await run(['apply', '-f', 'cluster.json', ...options], io);
  return io;
}

it('says that a document which stands already changes nothing, and publishes it all the same', async () => {
  const io = await applyBeside(structuredClone(document));

  expect(io.printed.out).toContain('\nIt changes nothing: it is the same as document 3, which stands\nNext: ');
  expect(io.published).toHaveLength(1);
});

it('says so to programs', async () => {
  const same = await applyBeside(structuredClone(document), '-o', 'json');
  const other = await applyBeside({ ...document, kind: 'Other' }, '-o', 'json');

  expect(JSON.parse(same.printed.out)).toMatchObject({ changesNothing: true });
  expect(JSON.parse(other.printed.out)).not.toHaveProperty('changesNothing');
});

it('says nothing of it where another document stands', async () => {
  const io = await applyBeside(makeClusterDocument({ spec: { gpuPools: [makePool(), makePool({ name: 'b' })] } }));

  expect(io.printed.out).not.toContain('changes nothing');
});

it('does not ask again where status has not answered', async () => {
  const io = makeIo({
    files: { ...contextFile, 'cluster.json': JSON.stringify(document) },
    status: { 'POST /check': [connectionRefused()] },
  });

  await run(['apply', '-f', 'cluster.json'], io);

  expect(io.calls).toHaveLength(1);
  expect(io.published).toHaveLength(1);
});
