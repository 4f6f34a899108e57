/** What the tables of several kinds have in common. */
import { type KubernetesObject, mapAt, mapsAt, textAt } from './objects.ts';
import { selectorText } from './selector-text.ts';
import type { Column } from './table-shape.ts';

/** ObjectMeta's own words (apimachinery pkg/apis/meta/v1/types_swagger_doc_generated.go). */
const nameText =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
export const creationText =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

export const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', description: nameText, priority: 0 };
export const ageColumn: Column = { name: 'Age', type: 'string', description: creationText, priority: 0 };

export const column = (name: string, description: string, type = 'string'): Column => ({
  name,
  type,
  description,
  priority: 0,
});
/** Only shown with `-o wide`. */
export const wide = (name: string, description: string): Column => ({ name, type: 'string', description, priority: 1 });

export const ageOf = (object: KubernetesObject): string => textAt(object, 'metadata', 'creationTimestamp');
export const orNone = (text: string): string => (text === '' ? '<none>' : text);

/** The last three columns of every kind with a pod template. */
export const containerColumns = (selectorHelp: string): readonly Column[] => [
  wide('Containers', 'Names of each container in the template.'),
  wide('Images', 'Images referenced by each container in the template.'),
  wide('Selector', selectorHelp),
];

export function containerCells(object: KubernetesObject): readonly string[] {
  const containers = mapsAt(object, 'spec', 'template', 'spec', 'containers');
  return [
    containers.map((container) => textAt(container, 'name')).join(','),
    containers.map((container) => textAt(container, 'image')).join(','),
    orNone(selectorText(mapAt(object, 'spec', 'selector'))),
  ];
}
