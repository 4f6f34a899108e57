/** How a pool gets its machines: what excludes what. */
import { type ClusterRule, forEachPool, type PoolRule } from './rule.ts';

/**
 * Without either, GKE would ask for on-demand machines, which A3 Ultra does not have: the pool waits for a stock that never comes.
 * Both at once is what Compute refuses as contradictory scheduling (AI-Hypercomputer/xpk issue 434).
 */
const isReservationOrSpot: PoolRule = ({ field, consumption, writtenConsumption }) => {
  if (consumption === undefined) return [];
  const { reservation, spot } = consumption;
  if ((reservation === undefined) !== (spot === undefined)) return [];
  const rule =
    reservation === undefined
      ? 'must say where the machines come from: there is no plain on-demand for them'
      : 'must be a reservation or spot, not both';
  const fix = 'use reservation: {name: …} or spot: true';
  return [{ field: `${field}.consumption`, value: writtenConsumption, rule, fix }];
};

/** A reservation fixes where its machines stand; a placement policy on top makes the creation fail (xpk issues 1073 to 1075). */
const reservationHasNoPlacement: PoolRule = ({ field, consumption, placement }) => {
  if (consumption?.reservation === undefined || placement !== 'compact') return [];
  const rule = 'must be none with a reservation, whose machines are placed already';
  return [
    {
      field: `${field}.placement`,
      value: placement,
      rule,
      fix: 'remove it; to pin the topology name a block of the reservation',
    },
  ];
};

/** The path of a sub-block goes through its block: reservationBlocks/B/reservationSubBlocks/S. */
const subBlockNamesItsBlock: PoolRule = ({ field, consumption }) => {
  const reservation = consumption?.reservation;
  if (reservation?.subBlock === undefined || reservation.block !== undefined) return [];
  const fix = 'add block, the block that it is part of';
  return [
    { field: `${field}.consumption.reservation.subBlock`, value: reservation.subBlock, rule: 'needs its block', fix },
  ];
};

export const consumptionRules: readonly ClusterRule[] = [
  forEachPool(isReservationOrSpot),
  forEachPool(reservationHasNoPlacement),
  forEachPool(subBlockNamesItsBlock),
];
