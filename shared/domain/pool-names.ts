/** Names by which whoever declares a pool, asks for its nodes, and keeps it, know each other: they import nothing else of one another. */

/** Kind of the record of one pool. Derived from the documents that declare pools; nobody publishes it. */
export const POOL_KIND = 'NodePool';

/** The automation that looks after node pools, and is woken by a demand that changes. */
export const POOL_AUTOMATION = 'scale-node-pool';

/** The automation that writes demands. */
export const DEMAND_AUTOMATION = 'scale-replicas';
