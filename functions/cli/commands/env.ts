/** Points other clients at a deployment. Prints nothing but lines for a shell: all of it is evaluated. */
import type { Command } from '../command.ts';
import { exitCodes } from '../exit.ts';
import { openSession } from '../session.ts';
import { environmentText } from '../views/environment.ts';

export const env: Command = {
  name: 'env',
  summary: 'print shell lines that point gcloud, kubectl and the Pub/Sub client at the context',
  usage: '[--shell bash|fish]',
  maxPositionals: 0,
  options: {
    shell: {
      value: 'SHELL',
      choices: ['bash', 'fish'],
      summary: 'whose syntax; bash (default) is that of every POSIX shell',
    },
  },
  notes: ['Clients that take options instead of variables are named in comment lines.'],
  examples: [
    ['eval "$(inferctl env)"', 'in bash or zsh'],
    ['inferctl env --shell fish | source', 'in fish'],
  ],
  async run(invocation) {
    const { name, context } = await openSession(invocation);
    invocation.io.out(environmentText({ name, context }, invocation.text('shell') === 'fish' ? 'fish' : 'bash'));
    return exitCodes.ok;
  },
};
