/** An alert is a hint: it may lead to a look, and decides nothing. A thousand of them cost one look a pace, and one write each. */
import { documentKey } from '#shared/ledger/records.ts';
import type { LedgerTransaction } from '#shared/ports/ledger.ts';
import { prepareWake } from '#shared/wakes.ts';
import { hintPaceMsOf, wakesOf } from '../registry.ts';
import { ALERT_KIND, LABELS_TO_SET } from './alert.ts';
import { carryOut, type Stored } from './carry-out.ts';
import type { AlertIntent } from './intent.ts';
import { type About, putMessage } from './message-record.ts';
import type { IntakePorts } from './ports.ts';
import type { Sender } from './sender.ts';

/** Refused here only where the target is not known: then a label of the policy is wrong, and somebody has to learn of it. */
export async function acceptAlert(ports: IntakePorts, { sender, alert, target }: AlertIntent): Promise<void> {
  const about: About = { kind: ALERT_KIND, alert, ...(target !== undefined && { target }) };
  await carryOut(ports, {
    sender,
    about,
    store: async (transaction, isRepeated) => {
      if (target === undefined) return settleAtOnce(transaction, sender, about);
      if ((await transaction.get(documentKey(target))) === undefined) return unknown(target, alert.policy);
      const hints = await Promise.all(
        wakesOf(target).map((wake) => prepareWake(transaction, wake, { hintPaceMs: hintPaceMsOf(wake.automation) })),
      );
      // What an earlier delivery of this alert has stored may never have been published.
      const wakes = isRepeated ? hints : hints.filter(({ changed }) => changed);
      return wakes.length === 0 ? settleAtOnce(transaction, sender, about) : { kind: 'stored', wakes };
    },
  });
}

/** Nothing follows, so the one write is the last one. */
function settleAtOnce(transaction: LedgerTransaction, sender: Sender, about: About): Stored {
  putMessage(transaction, sender, { phase: 'done', ...about, receivedAtMs: transaction.nowMs });
  return { kind: 'settled' };
}

function unknown(target: string, policy = '(unnamed)'): Stored {
  const reason =
    `the alert policy ${policy} names ${target}, which is not known: publish its document first, or correct the user labels ` +
    `of the policy; ${LABELS_TO_SET}`;
  return { kind: 'refused', reason };
}
