import type { ApiError } from '../world/rejection.ts';
import type { HttpReply } from './http.ts';

/** The body of a refusal as most JSON APIs of Google write it: `errors` of their first version, `status` of the one that gRPC brought. */
export function jsonErrorReply({ httpStatus, code, message }: ApiError, reason: string): HttpReply {
  const errors = [{ message, domain: 'global', reason }];
  return { status: httpStatus, body: { error: { code: httpStatus, message, errors, status: code } } };
}
