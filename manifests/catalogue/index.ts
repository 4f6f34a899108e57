import type { Catalogue } from '../../shared/domain/catalogue.ts';
import { machines } from './machines.ts';
import { prices } from './prices.ts';
import { zoneOffers } from './zones.ts';

/** What is known of Google's offers today; handed to whatever needs it, so that a test or a later day can hand in another. */
export const catalogue: Catalogue = { machines, offers: zoneOffers, prices };
