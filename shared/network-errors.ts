/** Broken connections and deadlines, as every HTTP and gRPC client of Node reports them. */

/**
 * Codes after which the call may or may not have arrived. Sources: Node.js documentation, "Common system errors" and "DNS error
 * codes"; nodejs/undici docs/docs/api/Errors.md; DOM standard, AbortSignal.timeout().
 * ENOTFOUND is among them because the DNS name of a new cluster is not known everywhere at once.
 */
export const brokenConnection =
  /^(ECONN(RESET|REFUSED|ABORTED)|ETIMEDOUT|ESOCKETTIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|ENOTFOUND|UND_ERR_(SOCKET|CLOSED|DESTROYED|[A-Z_]+_TIMEOUT)|TimeoutError|AbortError)$/;

/** Node's code of the failure, or the name of an abort; a failed `fetch` hides it one or two causes down. */
export function systemCodeOf(thrown: unknown): string | undefined {
  let error = thrown;
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth++) {
    if ('code' in error && typeof error.code === 'string' && /^(E[A-Z]|UND_ERR_)/.test(error.code)) return error.code;
    if ('name' in error && (error.name === 'TimeoutError' || error.name === 'AbortError')) return error.name;
    error = 'cause' in error ? error.cause : undefined;
  }
  return undefined;
}
