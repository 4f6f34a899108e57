import { playScaling, scalingPoints } from './faults/scaling.ts';
for (const d of ['down'] as const) {
  const c = process.cpuUsage(); 
  const end = await playScaling(d);
  const u = process.cpuUsage(c);
  const { effects, deliveries, pivotal, ...rest } = end;
  console.log(d, (u.user + u.system) / 1e6, effects.length, deliveries.length, pivotal, JSON.stringify(rest, undefined, 1));
  const points = scalingPoints(end);
  console.log(points.length, effects.filter((e) => e.kind === 'call').map((e) => e.index + ' ' + e.label));
}
