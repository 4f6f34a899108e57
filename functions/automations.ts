/** The automations. Adding one is a folder beside this file and one line here (README.md, "Add one"). */
export { buildCluster } from './build-cluster/registration.ts';
export { scaleNodePool } from './scale-node-pool/registration.ts';
export { scaleReplicas } from './scale-replicas/registration.ts';
