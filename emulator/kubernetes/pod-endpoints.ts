/** What pods answer over HTTP: whoever simulates a program registers here what its port says. */
import type { Cancel } from '../world/clock.ts';
import type { KubernetesObject } from './objects.ts';

export interface PodReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What is sent beside the path. */
export interface SentToPod {
  readonly method: string;
  readonly body: string;
  /** By lower-case name; without the caller's credentials, which are for the API server. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * Answers a call to a running pod; `undefined` means that the pod does not listen there.
 * @param path with its query, e.g. `/metrics`
 * @param cluster whose pod it is
 */
export type PodHandler = (
  pod: KubernetesObject,
  path: string,
  cluster: string,
  sent: SentToPod,
) => PodReply | undefined;

/** A request to a port of a pod. */
export interface PodCall {
  readonly cluster: string;
  readonly pod: KubernetesObject;
  readonly port: number;
  readonly path: string;
  readonly sent: SentToPod;
}

interface Program {
  readonly answer: PodHandler;
  readonly methods: readonly string[];
}

const wrongMethod: PodReply = { status: 405, contentType: 'text/plain; charset=utf-8', body: 'Method Not Allowed\n' };

/** The ports of all pods of all clusters. */
export class PodEndpoints {
  readonly #programs = new Map<number, Set<Program>>();

  /**
   * Several may share a port: the first that answers for a pod is the pod's program.
   * @param methods that the program takes; it refuses the others
   */
  register(port: number, answer: PodHandler, methods: readonly string[] = ['GET']): Cancel {
    const programs = this.#programs.get(port) ?? new Set<Program>();
    const program = { answer, methods };
    this.#programs.set(port, programs.add(program));
    return () => programs.delete(program);
  }

  /** `undefined`: nothing listens. */
  answer({ cluster, pod, port, path, sent }: PodCall): PodReply | undefined {
    for (const { answer, methods } of this.#programs.get(port) ?? []) {
      const reply = answer(pod, path, cluster, sent);
      if (reply !== undefined) return methods.includes(sent.method) ? reply : wrongMethod;
    }
    return undefined;
  }
}
