/** Where keys and values are kept and how they get from one server to another. */
import type { Contributor } from '../pod/contribution.ts';
import { blocks } from './blocks.ts';
import { kvEvents } from './events.ts';
import { lmcache } from './lmcache.ts';
import { nixlSideChannel } from './nixl.ts';
import { offloadMemory, offloadTier } from './offload.ts';
import { kvTransfer } from './transfer.ts';

export const kvCache: readonly Contributor[] = [
  blocks,
  kvTransfer,
  nixlSideChannel,
  offloadMemory,
  offloadTier,
  lmcache,
  kvEvents,
];
