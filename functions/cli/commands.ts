/** Every command of `inferctl`, in the order in which a user meets them; parser and help texts know no other source. */
import type { Command } from './command.ts';
import { apply } from './commands/apply.ts';
import { check } from './commands/check.ts';
import { context } from './commands/context.ts';
import { describe } from './commands/describe.ts';
import { env } from './commands/env.ts';
import { explain } from './commands/explain.ts';
import { fit } from './commands/fit.ts';
import { get } from './commands/get.ts';
import { override } from './commands/override.ts';
import { pause, resume } from './commands/pause.ts';
import { plan } from './commands/plan.ts';
import { render } from './commands/render.ts';
import { schema } from './commands/schema.ts';
import { validate } from './commands/validate.ts';

export const commands: readonly Command[] = [
  validate,
  schema,
  fit,
  render,
  check,
  plan,
  apply,
  get,
  describe,
  explain,
  override,
  pause,
  resume,
  context,
  env,
];
