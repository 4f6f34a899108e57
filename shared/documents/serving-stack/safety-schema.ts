import * as z from 'zod';
import { drainDefaults } from '../../domain/serving/defaults.ts';
import type { Safety } from '../../domain/serving/safety.ts';
import { choice, flag, text, whole } from '../fields.ts';
import { namespace, objectName } from '../kubernetes-names.ts';

/** Lists longer than this are somebody's firewall, not a gateway. */
const MAX_ENTRIES = 20;

/** Four numbers and a prefix; whether they make a range is checked by arithmetic, not by pattern. */
const range = text({
  describe: 'IPv4 range',
  pattern: /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\/\d{1,2}$/,
  rule: 'must be an IPv4 range in CIDR notation',
  example: '10.10.0.0/23',
});

const networkPolicies = z
  .strictObject({
    enabled: flag({
      describe: 'Close every port of the pods but those that somebody has to reach',
      default: true,
    }).exactOptional(),
    gatewayRanges: z
      .array(range)
      .min(1)
      .max(MAX_ENTRIES)
      .meta({ description: "The gateway's proxies: the proxy-only subnet; anybody may send requests when left out" })
      .exactOptional(),
    clientNamespaces: z
      .array(namespace('Namespace', 'chat'))
      .min(1)
      .max(MAX_ENTRIES)
      .meta({ description: 'Namespaces whose pods may send requests straight to the model servers, past the gateway' })
      .exactOptional(),
  })
  .meta({ description: 'Who may open a connection to the pods' });

/** Kubernetes documentation, "Pod Priority and Preemption": what is above one billion is for the system. */
const priority = z
  .strictObject({
    className: objectName('PriorityClass of the cluster', 'inference'),
    value: whole({
      describe: 'Make the class too, with this value; it is there already when left out',
      min: -2_147_483_648,
      max: 1_000_000_000,
      example: 1000,
    }).exactOptional(),
  })
  .meta({ description: 'Who goes first where there is not enough room for all' });

export const safety = z
  .strictObject({
    drainSeconds: whole({
      describe: 'Seconds that requests in flight get to end when a pod goes; all numbers of a drain derive from it',
      min: 0,
      max: 3600,
      default: drainDefaults.drainSeconds,
    }).exactOptional(),
    createNamespace: flag({
      describe: "Make the namespace too; it is somebody else's when left out",
      default: false,
    }).exactOptional(),
    disruptionBudgets: flag({
      describe: 'Let the drain of a node move away one replica of a role at a time',
      default: true,
    }).exactOptional(),
    networkPolicies: networkPolicies.exactOptional(),
    googleServiceAccount: text({
      describe: 'Google service account that the pods act as; they act as themselves when left out',
      pattern: /^[a-z][-a-z0-9]{4,28}[a-z0-9]@[a-z][-a-z0-9]{1,28}[a-z0-9]\.iam\.gserviceaccount\.com$/,
      rule: 'must be the address of a service account',
      example: 'inference@my-project.iam.gserviceaccount.com',
    }).exactOptional(),
    priority: priority.exactOptional(),
    topology: choice(['none', 'prefer', 'exclusive-block', 'exclusive-subblock'], {
      describe:
        'Whether pods that talk stand near each other, or each group has a block or sub-block of its own; prefer when left out, where pods talk over the fabric',
    }).exactOptional(),
  })
  .meta({
    description: 'What keeps the stack serving while nodes, pods and neighbours come and go',
  }) satisfies z.ZodType<Safety>;
