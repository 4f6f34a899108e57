/** The row of an event in `kubectl get events` (`printEvent` in pkg/printers/internalversion/printers.go of kubernetes/kubernetes). */
import { column, nameColumn, wide } from './column-parts.ts';
import { type KubernetesObject, nameOf, numberAt, textAt } from './objects.ts';
import type { TableShape } from './table-shape.ts';
import { fieldText } from './type-documents.ts';

const text = (field: string): string => fieldText('CoreV1Event', field);

export const eventRow: TableShape = {
  columns: [
    column('Last Seen', text('lastTimestamp')),
    column('Type', text('type')),
    column('Reason', text('reason')),
    column('Object', 'The object that this event is about.'),
    wide('Subobject', fieldText('V1ObjectReference', 'fieldPath')),
    wide('Source', 'The component reporting this event. Should be a short machine understandable string.'),
    column('Message', text('message')),
    wide('First Seen', text('firstTimestamp')),
    wide('Count', text('count')),
    { ...nameColumn, priority: 1 },
  ],
  cells: (event, age) => [
    age(textAt(event, 'lastTimestamp') || textAt(event, 'eventTime')),
    textAt(event, 'type'),
    textAt(event, 'reason'),
    `${textAt(event, 'involvedObject', 'kind').toLowerCase()}/${textAt(event, 'involvedObject', 'name')}`,
    textAt(event, 'involvedObject', 'fieldPath'),
    sourceText(event),
    textAt(event, 'message').trim(),
    age(textAt(event, 'firstTimestamp') || textAt(event, 'eventTime')),
    Math.max(1, numberAt(event, 'count')),
    nameOf(event),
  ],
};

/** `kubelet, node-1`. */
function sourceText(event: KubernetesObject): string {
  const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent');
  const host = textAt(event, 'source', 'host') || textAt(event, 'reportingInstance');
  return host === '' ? component : `${component}, ${host}`;
}
