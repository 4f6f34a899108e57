import { makeServedFleet } from './support/served-fleet.ts';
import { silence } from './support/scaling-story.ts';
const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1e6; };
for (let i = 0; i < 8; i++) { const c = cpu(); const f = await makeServedFleet({ nodes: 1, requests: silence() }); const d = cpu(); await f.runFor(300); console.log(d - c, cpu() - d); }
