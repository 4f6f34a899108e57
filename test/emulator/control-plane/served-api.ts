/** A program for a process of its own: serves an emulated API with the definitions of widgets, and says where. */
import { makeAuthority } from '../../../emulator/wires/certificates.ts';
import { serveKubernetes } from '../../../emulator/wires/kubernetes-tls.ts';
import { makeApiWithWidgets } from '../kubernetes/kubernetes-fixtures.ts';

const authority = await makeAuthority();
const { api } = await makeApiWithWidgets();
const { port } = await serveKubernetes({ port: 0, authority, apiOf: () => api });
process.stdout.write(`${JSON.stringify({ server: `https://127.0.0.1:${port}/clusters/demo`, authority })}\n`);
