import { describe, expect, it } from 'vitest';
import { HttpAnswerError, readGoogleError } from '#shared/gcp/google-error-facts.ts';

const rawBody = Symbol.for('google-gax.rawHttpResponsePayload');

/** What gax throws for an HTTP error: it knows the nearest gRPC code, the body is attached. */
const restError = (httpStatusCode: number, code: number, body: unknown) =>
  Object.assign(new Error('message of gax'), {
    httpStatusCode,
    code,
    [rawBody]: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('readGoogleError', () => {
  it('reads the reasons of a Compute Engine answer, which gax drops', () => {
    const error = {
      code: 403,
      message: 'Rate Limit Exceeded',
      errors: [{ reason: 'rateLimitExceeded' }],
      details: [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'CONCURRENT_OPERATIONS_QUOTA_EXCEEDED' },
      ],
    };

    expect(readGoogleError(restError(403, 7, { error }))).toEqual({
      httpStatus: 403,
      text: 'Rate Limit Exceeded',
      reasons: ['rateLimitExceeded', 'CONCURRENT_OPERATIONS_QUOTA_EXCEEDED'],
    });
  });

  it('takes a canonical code only from the service: 409 is not ABORTED because gax maps it so', () => {
    expect(readGoogleError(restError(409, 10, { error: { code: 409, message: 'exists' } }))).not.toHaveProperty(
      'canonical',
    );
    expect(
      readGoogleError(restError(409, 10, { error: { code: 409, message: 'exists', status: 'ALREADY_EXISTS' } })),
    ).toMatchObject({ canonical: 'ALREADY_EXISTS' });
  });

  it('keeps the status of an answer that is not JSON', () => {
    expect(readGoogleError(restError(502, 13, '<html>Bad Gateway</html>'))).toEqual({
      httpStatus: 502,
      text: 'message of gax',
      reasons: [],
    });
  });

  it('reads a gRPC error without its code prefix', () => {
    const error = Object.assign(new Error('5 NOT_FOUND: Not found: clusters/demo.'), {
      code: 5,
      details: 'Not found: clusters/demo.',
    });

    expect(readGoogleError(error)).toEqual({ canonical: 'NOT_FOUND', text: 'Not found: clusters/demo.', reasons: [] });
  });

  it.each([
    { name: 'decoded', statusDetails: [{ retryDelay: { seconds: '7', nanos: 1 } }] },
    { name: 'as JSON', statusDetails: [{ retryDelay: '6.5s' }] },
  ])('reads how long to wait from RetryInfo $name', ({ statusDetails }) => {
    expect(readGoogleError(Object.assign(new Error('wait'), { code: 14, statusDetails }))).toMatchObject({
      retryAfterSeconds: 7,
    });
  });

  it('reads the answer of our own REST calls', () => {
    const answer = { status: 429, retryAfter: '12' };

    expect(
      readGoogleError(new HttpAnswerError(answer, '{"error":{"message":"slow down","status":"RESOURCE_EXHAUSTED"}}')),
    ).toEqual({
      httpStatus: 429,
      canonical: 'RESOURCE_EXHAUSTED',
      text: 'slow down',
      reasons: [],
      retryAfterSeconds: 12,
    });
  });

  it.each([
    {
      name: 'a failed fetch',
      error: new TypeError('fetch failed', { cause: Object.assign(new Error('read'), { code: 'ECONNRESET' }) }),
      systemCode: 'ECONNRESET',
    },
    {
      name: 'a timeout',
      error: new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
      systemCode: 'TimeoutError',
    },
  ])('finds the system code of $name', ({ error, systemCode }) => {
    expect(readGoogleError(error)).toMatchObject({ systemCode });
  });

  it('tells the last of the attempts that gax made', () => {
    const attempts = [14, 14].map(
      (code, n) => `{message: 14 UNAVAILABLE: attempt ${n}, refused, code: ${code}, details: , note: }`,
    );
    const error = new Error(`cancelled : Previous errors : [${attempts.join(',')}]`);

    expect(readGoogleError(Object.assign(error, { code: 1 }))).toEqual({
      canonical: 'CANCELLED',
      text: 'cancelled after 14 UNAVAILABLE: attempt 1, refused',
      reasons: [],
    });
  });

  it('copes with whatever is thrown', () => {
    expect(readGoogleError('a text')).toEqual({ text: 'a text', reasons: [] });
    expect(readGoogleError(undefined)).toEqual({ text: 'undefined', reasons: [] });
  });
});
