/** Stops changes, and lets them go on. */
import type { JsonObject } from '#shared/domain/json.ts';
import { type Command, type Invocation, type OptionSpecs, outputOption } from '../command.ts';
import { usageError } from '../exit.ts';
import { sendCommand, toCommand } from '../send-command.ts';

const options: OptionSpecs = {
  all: { summary: 'everything that the automation looks after, not one TARGET' },
  reason: { value: 'TEXT', summary: 'one line, shown to whoever asks why nothing happens' },
  output: outputOption,
};

export const pause: Command = {
  name: 'pause',
  summary: 'stop every change to a target, or to everything; both are still looked at and shown',
  usage: 'TARGET|--all [--reason TEXT] [-o json|yaml]',
  maxPositionals: 1,
  options,
  notes: [
    'Holds from the next look on: a look that has begun ends within a minute, and what Google already does goes on.',
    'A paused cluster does not pause its node pools or models: each is a target of its own.',
  ],
  examples: [
    ['inferctl pause model/demo/serving/llama-70b --reason "load test until noon"', 'freeze one model'],
    ['inferctl pause --all', 'the global freeze'],
  ],
  run: async (invocation) => await sendCommand(invocation, toCommand('Pause', specOf(invocation))),
};

export const resume: Command = {
  name: 'resume',
  summary: 'end a pause: of one target, or the one of everything',
  usage: 'TARGET|--all [--reason TEXT] [-o json|yaml]',
  maxPositionals: 1,
  options,
  notes: ['--all ends the global freeze only; what was paused by itself stays so. Overrides end by themselves.'],
  examples: [
    ['inferctl resume model/demo/serving/llama-70b', 'let one model go on'],
    ['inferctl resume --all', 'end the global freeze'],
  ],
  run: async (invocation) => await sendCommand(invocation, toCommand('Resume', specOf(invocation))),
};

/** A forgotten target must not freeze everything. */
function specOf(invocation: Invocation): JsonObject {
  const [target] = invocation.positionals;
  const all = invocation.flag('all');
  if (all === (target !== undefined)) {
    throw usageError(all ? 'TARGET and --all: use one of them' : 'TARGET is missing, e.g. cluster/demo; or use --all');
  }
  const reason = invocation.text('reason');
  return { ...(target === undefined ? { all: true } : { target }), ...(reason !== undefined && { reason }) };
}
