/** Run in a copy of the tree to which the automation was added: one published document, and what became of it, as JSON. */
import { makeClusterDocument } from '../make-cluster.ts';
import { makeFleet } from '../fleet.ts';

const fleet = makeFleet({ quick: true });
fleet.publish(makeClusterDocument());
await fleet.runUntil('cluster/demo', ['ready']);
const connection = { server: 'https://in-process/demo' };
const found = await fleet.inside.read(connection, { apiVersion: 'v1', kind: 'Namespace', name: 'hello' });
const progress = await fleet.ledger.get({ collection: 'progress', id: 'hello-target:cluster/demo' });
const { phase, reason } = progress ?? {};
process.stdout.write(JSON.stringify({ isGreeted: found !== undefined, phase, reason }));
