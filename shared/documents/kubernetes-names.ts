/** Names of objects in a cluster (Kubernetes documentation, "Object Names and IDs"). */
import { text, whole } from './fields.ts';

const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';

/** RFC 1123 label: what a namespace is called. */
export const NAMESPACE_PATTERN = LABEL;

export function namespace(describe: string, example: string) {
  return text({
    describe,
    pattern: new RegExp(`^${NAMESPACE_PATTERN}$`),
    rule: 'must be at most 63 lower-case letters, digits or hyphens, and begin and end with a letter or digit',
    example,
  });
}

/** RFC 1123 subdomain: what most objects are called. Parts longer than 63 characters are let through, the whole is not. */
export function objectName(describe: string, example: string) {
  return text({
    describe,
    pattern: /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
    rule: 'must be at most 253 lower-case letters, digits, hyphens or dots, and begin and end with a letter or digit',
    example,
  });
}

/** A TCP port of a pod. */
export function port(describe: string, byDefault?: number) {
  return whole({ describe, min: 1, max: 65_535, ...(byDefault !== undefined && { default: byDefault }) });
}
