/** Levers: what goes wrong between one cluster's API server and its callers. The cluster's own controllers are spared. */
import type { HttpRequest } from '../wires/http.ts';
import { type End, type Occasion, Occasions } from '../wires/occasions.ts';
import { defineRejection } from '../world/rejection.ts';
import { unauthorized } from './rejections.ts';
import type { KubernetesReply } from './reply.ts';
import { refuse } from './status.ts';

const errorsGo = 'kubernetes/apimachinery pkg/api/errors/errors.go';

const serverBusy = defineRejection({
  id: 'kubernetes.serverBusy',
  code: 'RESOURCE_EXHAUSTED',
  reason: 'TooManyRequests',
  source: `${errorsGo} NewTooManyRequests; kubernetes/apiserver pkg/server/filters/maxinflight.go tooManyRequests`,
  message: () => 'Too many requests, please try again later.',
});

const serverBroken = defineRejection({
  id: 'kubernetes.serverBroken',
  code: 'INTERNAL',
  source:
    'etcd-io/etcd api/v3rpc/rpctypes/error.go ErrNoLeader, an error that is no status becomes a 500 with its text: ' +
    'kubernetes/apiserver pkg/endpoints/handlers/responsewriters/status.go ErrorToAPIStatus',
  message: () => 'etcdserver: no leader',
});

const serverDown = defineRejection({
  id: 'kubernetes.serverDown',
  code: 'UNAVAILABLE',
  reason: 'ServiceUnavailable',
  source: `${errorsGo} NewServiceUnavailable; kubernetes/apiserver pkg/server/filters/waitgroup.go`,
  message: () => 'apiserver is shutting down',
});

/** The call has taken effect, and nobody hears its answer. A wire breaks its connection; a caller without one gets this error. */
export class LostAnswer extends Error {
  override readonly name = 'LostAnswer';
  /** As Node reports it. */
  readonly code = 'ECONNRESET';
}

export type Misfortune =
  /** Answered before anything happens; 429 names the seconds after which to come again. */
  | { readonly kind: 'refused'; readonly httpStatus: 401 | 500 | 503 }
  | { readonly kind: 'refused'; readonly httpStatus: 429; readonly retryAfterSeconds: number }
  /** The call takes effect; its answer is lost. */
  | { readonly kind: 'lost' }
  /** Somebody else is just a moment faster. */
  | { readonly kind: 'preceded'; readonly by: () => void };

export class ApiMisfortunes {
  readonly #occasions = new Occasions<Misfortune>();

  /** From now until it has struck often enough, or the returned function is called. */
  strike(misfortune: Misfortune, occasion: Occasion): End {
    return this.#occasions.add(misfortune, occasion);
  }

  /** Called for every call from outside; `answer` lets it take effect. */
  apply(request: HttpRequest, answer: () => KubernetesReply): KubernetesReply {
    const misfortune = this.#occasions.take(request);
    if (misfortune === undefined) return answer();
    if (misfortune.kind === 'refused') return refuseWith(misfortune);
    if (misfortune.kind === 'preceded') {
      misfortune.by();
      return answer();
    }
    answer();
    throw new LostAnswer(`${request.method} ${request.path}: the connection broke`);
  }
}

function refuseWith(misfortune: Extract<Misfortune, { kind: 'refused' }>): never {
  switch (misfortune.httpStatus) {
    case 401:
      return refuse(unauthorized, undefined);
    case 429:
      return refuse(serverBusy, { retryAfterSeconds: misfortune.retryAfterSeconds });
    case 500:
      return refuse(serverBroken, undefined);
    case 503:
      return refuse(serverDown, undefined);
  }
}
