import * as z from 'zod';
import type { Hardware } from '../../domain/serving/hardware.ts';
import { choice, flag, text } from '../fields.ts';
import { gkeName } from '../names.ts';

export const hardware = z
  .strictObject({
    machineType: text({
      describe: 'Machine type of the nodes, of the catalogue',
      pattern: /^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/,
      rule: 'must be a machine type',
      example: 'a3-ultragpu-8g',
    }),
    nodePool: gkeName('GKE node pool; any node with these GPUs when left out', 'h200').exactOptional(),
    rdma: choice(['none', 'multi-network', 'dranet', 'tcpxo'], {
      describe:
        'How pods get the NICs of their GPUs: annotations (whole nodes only), a claim for each GPU, or TCPXO (A3 Mega); when left out what the machine has, where pods talk to each other, else none',
    }).exactOptional(),
    gvnic: flag({
      describe: 'With multi-network: the second gVNIC of the node as eth1, which neither NCCL nor NIXL needs',
      default: false,
    }).exactOptional(),
  })
  .meta({ description: 'The nodes that the pods are for' }) satisfies z.ZodType<Hardware>;
