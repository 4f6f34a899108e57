/** Does what a message asks for; the message is done only when all of it is. */
import { acceptAlert } from './accept-alert.ts';
import { acceptCommand } from './accept-command.ts';
import { acceptDocument } from './accept-document.ts';
import type { Intent } from './intent.ts';
import type { IntakePorts } from './ports.ts';
import { refuse } from './message-record.ts';

export async function accept(ports: IntakePorts, intent: Intent): Promise<void> {
  switch (intent.kind) {
    case 'document':
      return await acceptDocument(ports, intent);
    case 'command':
      return await acceptCommand(ports, intent);
    case 'alert':
      return await acceptAlert(ports, intent);
    case 'refused':
      return await refuse(ports, intent.sender, intent);
  }
}
