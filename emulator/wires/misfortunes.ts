/** Levers: what Google's front end does to a call before, or after, the service behind it has seen it. */
import { defineRejection, errorOf, type Rejection } from '../world/rejection.ts';
import { firstReply, type HttpReply, type HttpRequest, type HttpService } from './http.ts';
import { jsonErrorReply } from './json-error.ts';
import { type End, type Occasion, Occasions } from './occasions.ts';

const quotaExceeded = defineRejection({
  id: 'frontEnd.quotaExceeded',
  code: 'RESOURCE_EXHAUSTED',
  reason: 'rateLimitExceeded',
  source: 'GoogleCloudPlatform/python-docs-samples #3482; of the GKE API: hashicorp/terraform-provider-google #3782',
  message: (service: string) =>
    `Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute' of service '${service}'.`,
});

const internalError = defineRejection({
  id: 'frontEnd.internalError',
  code: 'INTERNAL',
  reason: 'backendError',
  source: 'google-gemini/gemini-cli #16935',
  message: () => 'Internal error encountered.',
});

const unavailable = defineRejection({
  id: 'frontEnd.unavailable',
  code: 'UNAVAILABLE',
  reason: 'backendError',
  source: 'googleapis/google-api-php-client #1879',
  message: () => 'The service is currently unavailable.',
});

/** 502 is a page and no JSON: googleapis/google-api-php-client #2421. */
const badGatewayPage =
  '<!DOCTYPE html>\n<html lang=en>\n  <title>Error 502 (Server Error)!!1</title>\n  <p><b>502.</b> <ins>That’s an error.</ins>\n' +
  '  <p>The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.\n';

export interface FrontEndFailure {
  readonly httpStatus: 429 | 500 | 502 | 503;
  /** The call takes effect, and its answer is lost behind the failure. */
  readonly takesEffect?: boolean;
}

export class FrontEndMisfortunes {
  readonly #occasions = new Occasions<FrontEndFailure>();

  /** From now until it has struck often enough, or the returned function is called. */
  strike(failure: FrontEndFailure, occasion: Occasion): End {
    return this.#occasions.add(failure, occasion);
  }

  /** The services behind this front end. */
  before(services: readonly HttpService[]): readonly HttpService[] {
    return [
      async (request) => {
        const failure = this.#occasions.take(request);
        if (failure === undefined) return undefined;
        if (failure.takesEffect === true) await firstReply(services, request);
        return failureReply(failure, request);
      },
      ...services,
    ];
  }
}

function failureReply({ httpStatus }: FrontEndFailure, { path }: HttpRequest): HttpReply {
  switch (httpStatus) {
    case 429:
      return jsonReply(
        quotaExceeded,
        path.startsWith('/compute') ? 'compute.googleapis.com' : 'container.googleapis.com',
      );
    case 500:
      return jsonReply(internalError);
    case 502:
      return { status: 502, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: badGatewayPage };
    case 503:
      return jsonReply(unavailable);
  }
}

function jsonReply<Details extends readonly unknown[]>(rejection: Rejection<Details>, ...details: Details): HttpReply {
  const error = errorOf(rejection, ...details);
  return jsonErrorReply(error, error.reason ?? '');
}
