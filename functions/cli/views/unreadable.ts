/** Records of the ledger that status could not read: they hide nothing else, and somebody has to mend them. */
import type { Io } from '../io.ts';
import type { Unreadable } from '../status-answers.ts';

/** To standard error, so that the answer stays what it is. */
export function warnOfUnreadable({ err }: Pick<Io, 'err'>, { unreadable = [] }: Unreadable): void {
  for (const { collection, id, reason } of unreadable) {
    err(`warning: the record ${collection}/${id} of the ledger is unreadable: ${reason}\n`);
  }
}
