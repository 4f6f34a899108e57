/** Name and label syntaxes that several documents share. */
import { MAX_CLUSTER_NAME_LENGTH } from '../domain/cluster-names.ts';
import * as z from 'zod';
import { text } from './fields.ts';

/** RFC 1035 label; Compute Engine and GKE names are lower-case and 63 long unless somebody limits them further. */
export function rfc1035(describe: string, example: string, maxLength = 63) {
  return text({
    describe,
    pattern: new RegExp(`^[a-z](?:[-a-z0-9]{0,${maxLength - 2}}[a-z0-9])?$`),
    rule: `must be at most ${maxLength} lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen`,
    example,
  });
}

/** Cluster and pool names. */
export function gkeName(describe: string, example: string) {
  return rfc1035(describe, example, MAX_CLUSTER_NAME_LENGTH);
}

/** Google asks for 6 characters at least; shorter ones are let through for local projects. */
export function projectId(describe: string) {
  return text({
    describe,
    pattern: /^[a-z][-a-z0-9]{1,28}[a-z0-9]$/,
    rule: 'must be a project id: 3 to 30 lower-case letters, digits or hyphens, beginning with a letter',
    example: 'my-project',
  });
}

/** Labels of Google Cloud resources (Compute Engine documentation, "Requirements for labels"). */
export const resourceLabels = z
  .record(
    text({
      describe: 'Key of a resource label',
      pattern: /^[a-z][-_a-z0-9]{0,62}$/,
      rule: 'must have a key of at most 63 lower-case letters, digits, hyphens or underscores that begins with a letter',
      example: 'team',
    }),
    text({
      describe: 'Value of a resource label',
      pattern: /^[-_a-z0-9]{0,63}$/,
      rule: 'must be at most 63 lower-case letters, digits, hyphens or underscores',
      example: 'serving',
    }),
  )
  .meta({ description: 'Resource labels for everything built that can carry labels' });

const LABEL_NAME = '[A-Za-z0-9](?:[-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?';
const LABEL_PREFIX = '(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?';

/** Key of a node label or taint (Kubernetes documentation, "Labels and Selectors"). */
export const nodeLabelKey = text({
  describe: 'Key of a node label or taint',
  pattern: new RegExp(`^${LABEL_PREFIX}${LABEL_NAME}$`),
  rule: 'must have a Kubernetes label key: an optional DNS prefix and /, then at most 63 letters, digits, hyphens, underscores or dots',
  example: 'example.com/role',
});

export const nodeLabelValue = text({
  describe: 'Value of a node label or taint',
  pattern: new RegExp(`^(?:${LABEL_NAME})?$`),
  rule: 'must be a Kubernetes label value: at most 63 letters, digits, hyphens, underscores or dots',
  example: 'decode',
});
