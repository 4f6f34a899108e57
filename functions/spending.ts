/** Whether a cluster may be paid for: known before anything of the world is read. Pure. */
import type { ClusterPrice } from '#manifests/catalogue/price-of.ts';

export interface Budget {
  readonly price: ClusterPrice;
  readonly capUsdPerHour: number;
}

/** Unknown is not free. One line at most; none: it may be built. */
export function checkSpending({ price, capUsdPerHour }: Budget): readonly string[] {
  if (price.usdPerHour === undefined) {
    const unknown = price.lines
      .filter((line) => line.count > 0 && line.usdPerHourEach === undefined)
      .map(({ what }) => what);
    return [`price unknown (${unknown.join(', ')}): state usdPerNodeHour of that pool in the document`];
  }
  if (price.usdPerHour <= capUsdPerHour) return [];
  const sum = `${price.usdPerHour.toFixed(2)} USD per hour are above the spend cap of ${capUsdPerHour.toFixed(2)}`;
  return [
    `${sum}: make the pools smaller, or set FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR of the functions (default_spend_cap_usd_per_hour in infra/variables.tf)`,
  ];
}
