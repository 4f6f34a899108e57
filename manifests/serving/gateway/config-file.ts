/** Configuration that a container reads once, at its start. */
import { createHash } from 'node:crypto';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import type { Applied } from '../../kubernetes/wire.ts';

/** By the name of the file. */
export interface ConfigFiles {
  readonly [file: string]: object;
}

export function configMap(metadata: Applied['metadata'], files: ConfigFiles): Applied<V1ConfigMap> {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: textsOf(files) };
}

/** On the pods that read it: a changed file changes them, so that they are replaced and read it. */
export function contentAnnotation(files: ConfigFiles): { readonly [key: string]: string } {
  const hash = createHash('sha256')
    .update(JSON.stringify(textsOf(files)))
    .digest('hex');
  return { 'inference-fleet/config-sha256': hash.slice(0, 16) };
}

function textsOf(files: ConfigFiles): { readonly [file: string]: string } {
  return Object.fromEntries(Object.entries(files).map(([file, content]) => [file, textOf(content)]));
}

/** In the order in which it was built, for a reader of YAML 1.1; parts that stand twice are written twice, and lines are never folded. */
function textOf(content: object): string {
  return stringify(content, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}
