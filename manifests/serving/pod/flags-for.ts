/** The one place where a version of vLLM decides over its flags. */
import { isAtLeast } from '../../../shared/domain/serving/release.ts';
import { vllmFlags, type VllmFlagName } from '../../catalogue/vllm-flags.ts';
import type { VllmFlag } from './vllm-command.ts';

/** A flag that this version does not know ends the server before it has begun; one that is broken ends it later. Those of the owner are the owner's. */
export function flagsFor(version: string, flags: readonly VllmFlag[]): readonly VllmFlag[] {
  const [missing] = flagsMissingIn(version, flags);
  if (missing === undefined) return flags;
  throw new Error(`writing ${missing.name} for vLLM ${version}: it is usable since ${missing.since}`);
}

export interface MissingFlag {
  readonly name: VllmFlagName;
  /** The first version that may be used with it. */
  readonly since: string;
}

export function flagsMissingIn(version: string, flags: readonly VllmFlag[]): readonly MissingFlag[] {
  return flags.flatMap((flag) => {
    if ('isOwners' in flag) return [];
    const since = sinceOf(flag.name);
    return since === undefined || isAtLeast(version, since) ? [] : [{ name: flag.name, since }];
  });
}

function sinceOf(name: VllmFlagName): string | undefined {
  const facts = vllmFlags[name];
  if ('soundSince' in facts) return facts.soundSince;
  return 'since' in facts ? facts.since : undefined;
}
