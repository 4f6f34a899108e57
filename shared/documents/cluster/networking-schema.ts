import * as z from 'zod';
import { clusterDefaults } from '../../domain/cluster-defaults.ts';
import { choice, text } from '../fields.ts';
import { rfc1035 } from '../names.ts';

const defaults = clusterDefaults.addresses;

/** By name, in the same project: Shared VPC needs permissions and paths of another project. */
const existing = z
  .strictObject({
    network: rfc1035('VPC network of the same project', 'shared-net'),
    subnetwork: rfc1035('Subnet in the region of the cluster', 'shared-sub'),
    podsRange: rfc1035("The subnet's secondary range for pods", 'pods'),
    servicesRange: rfc1035("The subnet's secondary range for services", 'services'),
  })
  .meta({ description: 'A network of yours; its subnets, firewalls, proxy-only subnet and NAT stay yours too' });

export const primary = z
  .strictObject({
    create: z.literal(true).meta({ description: 'Create a network for this cluster (default)' }).exactOptional(),
    existing: existing.exactOptional(),
  })
  .meta({
    description: 'The network of the first NIC: one of the two',
    oneOf: [{ required: ['create'] }, { required: ['existing'] }],
  });

/** Bare form only; sizes, overlaps and room are in `address-rules.ts` and `capacity-rules.ts`. */
export const addresses = z
  .strictObject({
    primary: range('Nodes of the primary network', defaults.primary).exactOptional(),
    pods: range('Pods', defaults.pods).exactOptional(),
    services: range('Services', defaults.services).exactOptional(),
    proxyOnly: range('Proxies of regional load balancers, in the primary network', defaults.proxyOnly).exactOptional(),
    gvnic: range('Second NIC, one address per node', defaults.gvnic).exactOptional(),
    rdma: range('RDMA NICs: split evenly into one subnet per NIC', defaults.rdma).exactOptional(),
  })
  .meta({ description: 'Address plan; what is left out keeps its default' });

export const networking = z
  .strictObject({
    mode: choice(['multi-network'], {
      describe: 'How GPU NICs are attached',
      default: clusterDefaults.networkingMode,
    }).exactOptional(),
    primary: primary.exactOptional(),
    addresses: addresses.exactOptional(),
  })
  .meta({ description: 'Networks of the cluster' });

/** Four numbers and a prefix; whether they make a range is checked by arithmetic, not by pattern. */
function range(describe: string, byDefault: string) {
  return text({
    describe: `${describe}; IPv4 range`,
    pattern: /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\/\d{1,2}$/,
    rule: 'must be an IPv4 range in CIDR notation',
    example: byDefault,
    default: byDefault,
  });
}
