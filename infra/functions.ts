/** The functions as they are deployed: one `function.json` in the folder of each, which Terraform (project.tf) reads, too. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import messaging from './messaging.json' with { type: 'json' };

/** Keys of the topics in messaging.json. */
export type TopicKey = keyof typeof messaging.topics;

export interface DeployedFunction {
  readonly description: string;
  /** As Cloud Run takes it, e.g. `512Mi`. */
  readonly memory: string;
  /** Longest time of one request, 1 to 3600; a pushed function has the acknowledgement deadline of its subscription. */
  readonly timeoutSeconds: number;
  /** Requests that one instance works on at a time, 1 to 1000. */
  readonly concurrency: number;
  /** Bounds the bill, and how many calls at a time the APIs see. */
  readonly maxInstances: number;
  readonly ingress: 'ALLOW_INTERNAL_ONLY' | 'ALLOW_ALL';
  /** Subscription → topic. On the topic of wakes each automation takes its own, by the filter in messaging.json. */
  readonly listensTo: Readonly<Record<string, TopicKey>>;
  readonly publishesTo: readonly TopicKey[];
  /** Whether it makes tasks in the queue of timers. */
  readonly schedulesTimers: boolean;
  /** What it may do in the ledger; only what a function writes there can make others act. */
  readonly ledger: 'read' | 'write';
  readonly permittedIn: 'own project' | 'all projects';
  /** IAM permissions of its custom role, sorted; what everyone needs (ledger, topics) is granted apart. */
  readonly permissions: readonly string[];
}

const folder = new URL('../functions/', import.meta.url);

/** By name, which is that of the folder, sorted. A folder without the file (the command line) is not deployed. */
export const functions: Readonly<Record<string, DeployedFunction>> = Object.fromEntries(
  readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, file: new URL(`${name}/function.json`, folder) }))
    .filter(({ file }) => existsSync(file))
    .map(({ name, file }) => [name, JSON.parse(readFileSync(file, 'utf8'))]),
);

/** How pushes from a topic are delivered: as all are, but for what is said of that topic alone. */
export function pushOf(topic: TopicKey): typeof messaging.push {
  const exceptions: Partial<Record<TopicKey, Partial<typeof messaging.push>>> = messaging.pushOf;
  return { ...messaging.push, ...exceptions[topic] };
}
