/** KWOK's source with the one thing left out that keeps it from working beside Kubernetes 1.35. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const kwokModule = 'sigs.k8s.io/kwok';

/**
 * KWOK 0.7.0 asks the API server for an annotation that 1.35 does not send any more, and does not compile without its name; KWOK
 * 0.8.0 left the question out, but is made for Kubernetes 1.36 (kubernetes-sigs/kwok pkg/utils/informer/informer.go of both).
 */
export const kwokPatch = {
  file: 'pkg/utils/informer/informer.go',
  leaveOut: `					base64EncodedInitialEventsListBlueprint := meta.GetAnnotations()[metav1.InitialEventsListBlueprintAnnotationKey]
					if len(base64EncodedInitialEventsListBlueprint) == 0 {
						return fmt.Errorf("%q annotation is missing content", metav1.InitialEventsListBlueprintAnnotationKey)
					}
`,
};

/** Folders without anything that is built; together they are half of the module. */
const leftOut = /^(demo|test|logo|images|charts|hack)(\/|$)/;

/** Copies the module `source` into `folder`, without the question; the answer is a go.mod that builds KWOK from there. */
export function copyKwok(source: string, module: string, folder: string): string {
  const copy = join(folder, 'kwok-source');
  copyWritable(source, copy);
  const file = join(copy, kwokPatch.file);
  const text = readFileSync(file, 'utf8');
  if (!text.includes(kwokPatch.leaveOut)) {
    throw new Error(`copying the source of KWOK: ${kwokPatch.file} is not the one of 0.7.0`);
  }
  writeFileSync(file, text.replace(kwokPatch.leaveOut, ''));
  for (const name of ['go.mod', 'go.sum']) copyWritable(join(module, name), join(folder, name));
  appendFileSync(join(folder, 'go.mod'), `\nreplace ${kwokModule} => ${copy}\n`);
  return join(folder, 'go.mod');
}

/** Go keeps modules read-only, folders as well; a copy of that could be neither changed nor removed. */
export function copyWritable(source: string, copy: string): void {
  if (!statSync(source).isDirectory()) {
    writeFileSync(copy, readFileSync(source));
    return;
  }
  mkdirSync(copy, { recursive: true });
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    const path = join(relative(source, entry.parentPath), entry.name);
    if (leftOut.test(path)) continue;
    if (entry.isDirectory()) mkdirSync(join(copy, path), { recursive: true });
    else writeFileSync(join(copy, path), readFileSync(join(source, path)));
  }
}
