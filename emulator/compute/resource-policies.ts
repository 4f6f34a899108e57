/** Resource policies: how the machines of a pool are placed. They are kept; where machines stand follows from nothing here. */
import type { JsonMap } from '../world/json.ts';
import type { CollectionRules } from './rules.ts';

export const resourcePolicyRules: CollectionRules = {
  message: 'ResourcePolicy',
  // Our estimate; Google publishes no figure.
  changeMs: [2_000, 5_000],
  prepare: prepareResourcePolicy,
  whenCreated: { status: 'READY' },
};

/** compute.proto, ResourcePolicy.Status: CREATING until the operation has ended. The region is the place's, whatever was sent. */
function prepareResourcePolicy(body: JsonMap): JsonMap {
  return { ...body, status: 'CREATING' };
}
