/** The general half of the table: what a bare status code or a broken connection means. */
import { brokenConnection } from '../network-errors.ts';
import type { GoogleErrorRow } from './google-error-row.ts';

const rpcCode = 'googleapis/googleapis google/rpc/code.proto';
const terraform = 'hashicorp/terraform-provider-google google/transport/error_retry_predicates.go';

export const statusRows: readonly GoogleErrorRow[] = [
  { when: { canonical: ['ALREADY_EXISTS'] }, kind: 'exists', source: rpcCode },
  { when: { canonical: ['NOT_FOUND'] }, kind: 'gone', source: rpcCode },
  { when: { canonical: ['UNAUTHENTICATED', 'PERMISSION_DENIED'] }, kind: 'auth', source: rpcCode },
  // ABORTED is a lost race (a stale etag); CANCELLED is our own abort, UNKNOWN a lost answer: the call may have taken effect.
  {
    when: { canonical: ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'INTERNAL', 'ABORTED', 'CANCELLED', 'UNKNOWN'] },
    kind: 'transient',
    source: rpcCode,
  },
  // Says either "out of quota" or "too fast"; the rows above know the texts of the latter.
  { when: { canonical: ['RESOURCE_EXHAUSTED'] }, kind: 'quota', source: rpcCode },
  {
    when: { canonical: ['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'DATA_LOSS'] },
    kind: 'permanent',
    source: rpcCode,
  },
  { when: { http: [401, 403] }, kind: 'auth', source: 'RFC 9110 section 15.5' },
  { when: { http: [404] }, kind: 'gone', source: 'RFC 9110 section 15.5.5' },
  // 409 is both "exists" and "lost a race", 412 a stale fingerprint: reading again is right for all of them.
  { when: { http: [409, 412] }, kind: 'transient', source: `${rpcCode}; ${terraform} (fingerprints)` },
  {
    when: { http: [408, 429, 500, 502, 503, 504] },
    kind: 'transient',
    source: 'RFC 9110 section 15; RFC 6585 section 4',
  },
  { when: { system: brokenConnection }, kind: 'transient', source: 'network-errors.ts' },
];
