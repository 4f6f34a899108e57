/** The local cloud with all its wires, and the functions in a process of their own beside it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPorts, type ClaimedHome, claimHome, portsFrom } from './claims.ts';
import { emulatedInsides, realInsides } from './cluster-insides.ts';
import type { LocalClusters } from './controllers/cluster-runtime.ts';
import type { CourierOptions } from './delivery/courier.ts';
import { HttpDispatcher } from './delivery/dispatcher.ts';
import { functionsFront } from './delivery/front.ts';
import { FunctionsProcess } from './delivery/functions-process.ts';
import type { OutputLine } from './delivery/instance.ts';
import { type Addresses, functionsEnvironment } from './functions-environment.ts';
import { provision } from './provision.ts';
import { makeAuthority } from './wires/certificates.ts';
import { clockService } from './wires/clock.ts';
import { computeService } from './wires/compute-rest.ts';
import { addGkeGrpc } from './wires/gke-grpc.ts';
import { gkeRestService } from './wires/gke-rest.ts';
import { GrpcPort } from './wires/grpc.ts';
import type { HttpRequest, HttpService } from './wires/http.ts';
import { type HttpServer, serveHttp } from './wires/http-server.ts';
import type { KubernetesTlsServer } from './wires/kubernetes-tls.ts';
import { FrontEndMisfortunes } from './wires/misfortunes.ts';
import { addMonitoring } from './wires/monitoring-grpc.ts';
import { oidcService, TokenIssuer } from './wires/oidc.ts';
import { addPubSub } from './wires/pubsub-grpc.ts';
import { projectService } from './wires/project-rest.ts';
import { pubsubRestService } from './wires/pubsub-rest.ts';
import { schedulerService } from './wires/scheduler-rest.ts';
import { tasksService } from './wires/tasks-rest.ts';
import { makeCallWatcher, watchedCalls } from './wires/watched-calls.ts';
import type { Speed } from './world/clock.ts';
import { systemTime } from './world/real-time.ts';
import { createWorld, type World, type WorldOptions } from './world/world.ts';

export interface LocalCloudOptions {
  /** HTTP; gRPC is on the next port and the Kubernetes API on the one after it. 0: three free ports. */
  readonly port: number;
  readonly speed: Speed;
  readonly seed: string;
  readonly project: string;
  /** World time at the start, Unix ms. */
  readonly startMs: number;
  /** Folder for the ledger, certificates and client configuration; claimed for this process, then emptied. */
  readonly home: string;
  /** Module that serves the functions on PORT. */
  readonly functionsEntry: string;
  /** Whether clusters run on a real control plane, which must be built (`emulator/control-plane/build.ts`); emulated unless told. */
  readonly realKubernetes?: boolean;
  /** Facts about GKE that differ from what is known of the real one, e.g. shorter durations. */
  readonly gkeFacts?: WorldOptions['gkeFacts'];
  /** More variables for the functions' process. */
  readonly functionsEnvironment?: Readonly<Record<string, string>>;
  /** Told of every HTTP call of the functions to an API. */
  readonly onCall?: (call: string) => void;
  /** Told of every HTTP request from anybody, before it is answered. */
  readonly onRequest?: (request: HttpRequest) => void;
  readonly onFunctionLine: (line: OutputLine) => void;
  /** An error that no rule of the world explains. */
  readonly onBug: (error: Error) => void;
}

export interface LocalCloud {
  readonly world: World;
  /** The insides of the GKE clusters: their APIs, and what their pods answer. */
  readonly clusters: LocalClusters;
  readonly functions: FunctionsProcess;
  readonly addresses: Addresses;
  readonly home: string;
  /** What goes wrong between HTTP clients and the APIs of Google. */
  readonly misfortunes: FrontEndMisfortunes;
  /** Calls of the functions that came while nothing was in flight: work after the response. */
  readonly strayCalls: readonly string[];
  urlOf(functionName: string): string;
  stop(): Promise<void>;
}

/** Rejects with a `CannotStart` when somebody else has the folder or a port; then nothing has been touched. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const claimed = claimHome(options.home);
  try {
    await checkPorts(options.port);
    return await startIn(claimed, options);
  } catch (thrown) {
    claimed.release();
    throw thrown;
  }
}

async function startIn(claimed: ClaimedHome, options: LocalCloudOptions): Promise<LocalCloud> {
  const wires = await openWires(options);
  const { world, addresses, clusters, misfortunes, strayCalls, urlOf } = wires;
  // Not before all ports are ours: whoever fails until here has left the folder as it was.
  claimed.empty(addresses.http);
  writeFileSync(join(options.home, 'ca.pem'), wires.caCertificate);
  const functions = new FunctionsProcess({
    clock: world.clock,
    entry: options.functionsEntry,
    env: { ...functionsEnvironment(options, addresses), ...options.functionsEnvironment },
    onLine: options.onFunctionLine,
  });
  wires.serve(functionsFront(functions));
  provision(world, urlOf);
  await functions.start();
  world.clock.start();
  const stop = async () => {
    await stopAll({ world, functions, dispatcher: wires.dispatcher, servers: wires.servers });
    claimed.release();
  };
  return { world, clusters, functions, addresses, home: options.home, misfortunes, strayCalls, urlOf, stop };
}

/** The world with a server on each of its ports; nothing has been written to the disk. */
interface Wires extends Pick<LocalCloud, 'world' | 'clusters' | 'addresses' | 'misfortunes' | 'strayCalls' | 'urlOf'> {
  readonly caCertificate: string;
  readonly dispatcher: HttpDispatcher;
  readonly servers: Parts['servers'];
  /** Starts to answer on the HTTP port: what the cloud serves there, and this one last. */
  readonly serve: (last: HttpService) => void;
}

async function openWires(options: LocalCloudOptions): Promise<Wires> {
  const authority = await makeAuthority();
  const { caCertificate } = authority;
  const { onBug } = options;
  const ports = portsFrom(options.port);
  const services: HttpService[] = [];
  const http = await serveHttp({ port: ports.http, services, onBug });
  const issuer = makeIssuer(http.port);
  const dispatcher = new HttpDispatcher();
  let kubernetes: KubernetesTlsServer | undefined;
  const insides = (options.realKubernetes === true ? realInsides : emulatedInsides)({
    home: options.home,
    authority,
    endpoint: (cluster) => ({ address: `127.0.0.1:${kubernetes?.port ?? 0}/clusters/${cluster}`, caCertificate }),
    onBug,
  });
  const { clusters } = insides;
  const world = makeWorld(options, { dispatcher, tokens: issuer, runtime: clusters.start });
  const strayCalls: string[] = [];
  const onCall = makeCallWatcher(world.clock, { stray: strayCalls, onCall: options.onCall ?? (() => {}) });
  kubernetes = await insides.serve(ports.kubernetes, onCall);
  const grpc = new GrpcPort(onCall);
  const addresses: Addresses = {
    http: `http://127.0.0.1:${http.port}`,
    grpc: `http://127.0.0.1:${await serveGrpc(grpc, world, ports.grpc)}`,
    kubernetes: `https://127.0.0.1:${kubernetes.port}`,
  };
  // What is inside the clusters ends when nobody can ask for it any more.
  const servers = [http, kubernetes, grpc, { close: insides.stop }];
  const misfortunes = new FrontEndMisfortunes();
  const first = servicesInFront({ options, onCall, misfortunes, world, issuer });
  const serve = (last: HttpService) => void services.push(...first, last);
  const urlOf = (functionName: string) => `${addresses.http}/functions/${functionName}`;
  return { world, clusters, addresses, misfortunes, strayCalls, urlOf, caCertificate, dispatcher, servers, serve };
}

interface InFront {
  readonly options: LocalCloudOptions;
  readonly onCall: Parameters<typeof watchedCalls>[0];
  readonly misfortunes: FrontEndMisfortunes;
  readonly world: World;
  readonly issuer: TokenIssuer;
}

/** What every request on the HTTP port meets before it comes to the functions. */
function servicesInFront({ options, onCall, misfortunes, world, issuer }: InFront): readonly HttpService[] {
  return [toldRequests(options), watchedCalls(onCall), ...misfortunes.before(servicesOf(world)), oidcService(issuer)];
}

/** Answers nothing. */
function toldRequests({ onRequest }: LocalCloudOptions): HttpService {
  return (request) => {
    onRequest?.(request);
    return undefined;
  };
}

/** Tokens live in real time, as whoever checks them does (D8). */
function makeIssuer(httpPort: number): TokenIssuer {
  return new TokenIssuer({
    issuer: `http://127.0.0.1:${httpPort}/oidc`,
    nowSeconds: () => Math.floor((performance.timeOrigin + systemTime.nowMs()) / 1000),
  });
}

/** What gcloud and the REST clients speak. */
function servicesOf(world: World): readonly HttpService[] {
  return [
    clockService(world.clock),
    computeService(world.compute),
    gkeRestService(world.gke),
    projectService(world.iam, world),
    pubsubRestService(world.pubsub),
    tasksService(world.tasks),
    schedulerService(world.cron),
  ];
}

interface WorldParts extends Omit<CourierOptions, 'clock'> {
  readonly runtime: WorldOptions['runtime'];
}

function makeWorld(options: LocalCloudOptions, { runtime, ...courier }: WorldParts): World {
  const { seed, startMs, speed, project, gkeFacts } = options;
  return createWorld({ seed, startMs, speed, project, courier, runtime, ...(gkeFacts !== undefined && { gkeFacts }) });
}

async function serveGrpc(grpc: GrpcPort, world: World, port: number): Promise<number> {
  addGkeGrpc(grpc, world.gke);
  addPubSub(grpc, world.pubsub);
  addMonitoring(grpc, world.monitoring);
  return await grpc.listen(port);
}

interface Parts {
  readonly world: World;
  readonly functions: FunctionsProcess;
  readonly dispatcher: HttpDispatcher;
  readonly servers: readonly Pick<HttpServer | KubernetesTlsServer | GrpcPort, 'close'>[];
}

async function stopAll({ world, functions, dispatcher, servers }: Parts): Promise<void> {
  world.clock.stop();
  dispatcher.close();
  await functions.stop();
  for (const server of servers) await server.close();
}
