import { type Catalogue, machineOf } from '../../shared/domain/catalogue.ts';
import { findPrice } from './price-of.ts';

/** What the price of a node depends on. */
export interface PricedNode {
  /** Undefined: the node does not say (yet). */
  readonly machineType: string | undefined;
  readonly isSpot: boolean;
}

/** USD per GPU and hour on such a node; undefined where the machine or its price is unknown. `location`: region or zone. */
export function priceOfGpu(catalogue: Catalogue, node: PricedNode, location: string): number | undefined {
  if (node.machineType === undefined) return undefined;
  const machine = machineOf(catalogue, node.machineType);
  // `us-central1-b` → `us-central1`: prices hold for regions.
  const region = location.replace(/-[a-z]$/, '');
  const price = findPrice(catalogue, region, { subject: node.machineType, model: node.isSpot ? 'spot' : 'on-demand' });
  if (machine === undefined || price === undefined || machine.gpuCount === 0) return undefined;
  return price.usdPerHour / machine.gpuCount;
}
