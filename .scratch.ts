import { createRequire } from 'node:module';
import { GrpcPort, loadService, unary } from './emulator/wires/grpc.ts';
const require = createRequire(import.meta.url);
const port = new GrpcPort();
let meta: unknown; let got: any;
const svc = loadService(require('@google-cloud/container/build/protos/protos.json'), 'google.container.v1.ClusterManager');
port.add(svc, {
  getCluster: unary((r) => { got = r; return { name: 'demo', nodePools: [{ name: 'p', initialNodeCount: 2, config: { labels: {}, diskSizeGb: 100, accelerators: [{ acceleratorCount: '8', acceleratorType: 'h200' }] } }], status: 'RUNNING', resourceLabels: { a: 'b' }, maintenancePolicy: { window: { maintenanceExclusions: { x: { startTime: '2026-01-01T00:00:00Z', maintenanceExclusionOptions: { scope: 'NO_MINOR_UPGRADES' } } } } }, autopilot: {}, shieldedNodes: { enabled: true } }; }),
  createCluster: ((call: any, cb: any) => { meta = call.metadata.getMap(); got = call.request; cb(null, { name: 'operation-1', status: 'RUNNING' }); }) as never,
  getOperation: unary(() => ({ name: 'operation-1', status: 'DONE', error: { code: 8, message: 'boom', details: [] } })),
});
const n = await port.listen(0);
const t0 = performance.now();
const { makeGkeClusters } = await import('./shared/gcp/gke-clusters.ts');
const t1 = performance.now();
const clusters = makeGkeClusters({ connection: { credentials: { accessToken: 'x' }, endpoints: { container: `http://127.0.0.1:${n}` } } });
const place = { project: 'p', region: 'r' };
console.log(JSON.stringify(await clusters.read(place, 'demo')));
const t2 = performance.now();
console.log({ import: t1 - t0, first: t2 - t1 });
const { fencedCall } = await import('./shared/ports/fence.ts');
console.log(await clusters.create(place, { name: 'demo', maintenancePolicy: { window: { maintenanceExclusions: { 'no-node': { startTime: '2026-01-01T00:00:00Z', maintenanceExclusionOptions: { scope: 'NO_MINOR_OR_NODE_UPGRADES', endTimeBehavior: 'UNTIL_END_OF_SUPPORT' } } } } }, networkConfig: { datapathProvider: 'ADVANCED_DATAPATH' }, nodePools: [{ name: 's', config: { accelerators: [{ acceleratorCount: '8' }] } }] }, fencedCall(5000)), meta, JSON.stringify(got));
console.log(await clusters.create(place, { name: 'demo', networkConfg: {} }, fencedCall(5000)).catch((e) => [e.kind, e.message, e.facts]));
console.log(await clusters.readOperation(place, 'operation-1'));
console.log(await clusters.runningOperations(place, 'operation-1').catch((e) => [e.kind, e.message, e.facts]));
const dead = makeGkeClusters({ connection: { credentials: { accessToken: 'x' }, endpoints: { container: `http://127.0.0.1:1` } } });
console.log(await dead.create(place, { name: 'demo' }, fencedCall(1000)).catch((e) => [e.kind, e.message, e.facts]));
const t3 = performance.now();
for (let i = 0; i < 200; i++) await clusters.read(place, 'demo');
console.log('per call', (performance.now() - t3) / 200);
await port.close();
process.exit(0);
