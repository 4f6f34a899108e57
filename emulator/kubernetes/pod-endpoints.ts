/** What pods answer over HTTP: whoever simulates a program registers here what its port says. */
import type { Cancel } from '../world/clock.ts';
import type { KubernetesObject } from './objects.ts';

export interface PodReply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * Answers a GET to a running pod; `undefined` means that the pod does not listen there.
 * @param path with its query, e.g. `/metrics`
 * @param cluster whose pod it is
 */
export type PodHandler = (pod: KubernetesObject, path: string, cluster: string) => PodReply | undefined;

/** A request to a port of a pod. */
export interface PodCall {
  readonly cluster: string;
  readonly pod: KubernetesObject;
  readonly port: number;
  readonly path: string;
}

/** The ports of all pods of all clusters. */
export class PodEndpoints {
  readonly #handlers = new Map<number, Set<PodHandler>>();

  /** Several may share a port: the first that answers for a pod is the pod's program. */
  register(port: number, handler: PodHandler): Cancel {
    const handlers = this.#handlers.get(port) ?? new Set<PodHandler>();
    this.#handlers.set(port, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /** `undefined`: nothing listens. */
  answer({ cluster, pod, port, path }: PodCall): PodReply | undefined {
    for (const answerOne of this.#handlers.get(port) ?? []) {
      const reply = answerOne(pod, path, cluster);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }
}
