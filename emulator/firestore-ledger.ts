/** The ledger in Google's Firestore emulator (`npm start -- --firestore`): whether it is one, and whether it goes on answering. */
import { type RealTime, systemTime } from './world/real-time.ts';

export interface FirestoreLedger {
  /** HOST:PORT. */
  readonly host: string;
  readonly database: string;
}

/** It is on this machine, or near. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Often enough that a person who wonders why nothing happens is told. */
const LOOK_EVERY_MS = 2_000;

/** Nobody writes it, and asking for it leaves nothing behind: databases appear with their first document. */
const DOCUMENTS = 'projects/demo/databases/nobodys/documents';
const DOCUMENT = `${DOCUMENTS}/nothing/nothing`;

/**
 * Asks for a document that is not there, which Firestore answers with `missing` and its name (google/firestore/v1/firestore.proto,
 * BatchGetDocuments): other servers listen on such ports, too. Undefined: it did.
 */
export async function whyNoFirestore(host: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${host}/v1/${DOCUMENTS}:batchGet`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ documents: [DOCUMENT] }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const isFirestore = new RegExp(`"missing":\\s*"${DOCUMENT}"`).test(await response.text());
    return isFirestore ? undefined : `what answers is not Firestore: HTTP ${response.status}`;
  } catch (thrown) {
    const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
    if (!(cause instanceof Error)) return String(cause);
    // Of a name with several addresses fetch gives one error for all of them, which has a code and no message.
    const why = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
    return why === 'TimeoutError' ? `no answer in ${ANSWER_TIMEOUT_MS / 1000} s` : why;
  }
}

/** Says once when the ledger does not answer any more, and once when it does again. Returns what ends it. */
export function watchLedger(
  { host }: FirestoreLedger,
  say: (line: string) => void,
  real: RealTime = systemTime,
): () => void {
  let isSilent = false;
  let isOver = false;
  const look = async (): Promise<void> => {
    const why = await whyNoFirestore(host);
    if (isOver) return;
    if (why !== undefined && !isSilent)
      say(`The ledger at ${host} does not answer (${why}): nothing goes on until it does`);
    if (why === undefined && isSilent)
      say(`The ledger at ${host} answers again; if it was started anew it is empty: end this, and start it again`);
    isSilent = why !== undefined;
    next = real.setTimer(LOOK_EVERY_MS, () => void look());
  };
  let next = real.setTimer(LOOK_EVERY_MS, () => void look());
  return () => {
    isOver = true;
    next();
  };
}
