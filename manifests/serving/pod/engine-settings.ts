/** What the owner gives the engine besides: on every pod, since workers must load the model as their leader does. */
import type { FlagSetting } from '../../../shared/domain/serving/engine.ts';
import type { Contributor } from './contribution.ts';
import { literal, type OwnersFlag } from './vllm-command.ts';

export const engineSettings: Contributor = ({ engine }) => ({
  server: {
    flags: Object.entries(engine.flags).map(([name, setting]) => flagOf(name, setting)),
    env: Object.entries(engine.env).map(([name, value]) => ({ name, value: literal(value) })),
  },
});

/** Switches of vLLM have a `--no-` form (argparse.BooleanOptionalAction). */
function flagOf(name: string, setting: FlagSetting): OwnersFlag {
  if (typeof setting !== 'boolean') return { name, value: setting, isOwners: true };
  return { name: setting ? name : name.replace(/^--/, '--no-'), isOwners: true };
}
