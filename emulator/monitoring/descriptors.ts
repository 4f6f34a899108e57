import { listOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { parseFilter } from './filter.ts';
import { descriptorConflict, descriptorNotFound, invalidField, metricTypeInvalid, missingField } from './rejections.ts';
import { WRITABLE_METRIC } from './resource-types.ts';
import type { Labels, MetricKind, ValueType } from './series.ts';
import type { MetricShape } from './series-store.ts';

const KINDS: readonly string[] = ['GAUGE', 'DELTA', 'CUMULATIVE'] satisfies readonly MetricKind[];
const TYPES: readonly string[] = ['BOOL', 'INT64', 'DOUBLE', 'DISTRIBUTION'] satisfies readonly ValueType[];

interface Descriptor {
  readonly shape: MetricShape;
  readonly labels: Set<string>;
  /** What the creator said beyond that: unit, description, display name. */
  readonly texts: JsonMap;
}

/** Metric descriptors by type. The first point of an unknown metric makes its descriptor (comment of TimeSeries.metric_kind). */
export class Descriptors {
  readonly #project: string;
  readonly #descriptors = new Map<string, Descriptor>();

  constructor(project: string) {
    this.#project = project;
  }

  /** Kind and value type of a metric; undefined for one that nobody has created or written. */
  shapeOf(type: string): MetricShape | undefined {
    return this.#descriptors.get(type)?.shape;
  }

  /** The types that a filter leaves. */
  typesMatching(matches: (type: string) => boolean): readonly string[] {
    return [...this.#descriptors.keys()].filter(matches);
  }

  /** Makes sure that the metric has a descriptor with at least these labels. */
  note(type: string, shape: MetricShape, labels: Labels): void {
    const descriptor = this.#descriptors.get(type);
    if (descriptor === undefined) {
      this.#descriptors.set(type, { shape, labels: new Set(Object.keys(labels)), texts: {} });
      return;
    }
    for (const label of Object.keys(labels)) descriptor.labels.add(label);
  }

  /** Creating one again with the same kind and type changes its texts (an existing descriptor is updated, metric_service.proto). */
  create(request: JsonMap): JsonMap {
    const type = textOf(request, 'type') ?? reject(missingField, 'metricDescriptor.type');
    if (!WRITABLE_METRIC.test(type)) reject(metricTypeInvalid, 'metricDescriptor.type', type);
    const shape = readShape(request);
    const existing = this.#descriptors.get(type);
    const isAnother =
      existing && (existing.shape.metricKind !== shape.metricKind || existing.shape.valueType !== shape.valueType);
    if (isAnother) reject(descriptorConflict, type);
    const labels = listOf(request, 'labels').flatMap((label) => textOf(label, 'key') ?? []);
    const { unit, description, displayName } = request;
    this.#descriptors.set(type, {
      shape,
      labels: new Set([...(existing?.labels ?? []), ...labels]),
      texts: { unit, description, displayName },
    });
    return this.get(this.#nameOf(type));
  }

  get(name: string): JsonMap {
    const type = name.slice(this.#nameOf('').length);
    const descriptor = this.#descriptors.get(type) ?? reject(descriptorNotFound, type);
    return this.#write(type, descriptor);
  }

  list(filterText: string): readonly JsonMap[] {
    const filter = parseFilter(filterText);
    const isListed = (type: string) =>
      filter.matches({ metric: { type, labels: {} }, resource: { type: '', labels: {} } });
    return [...this.#descriptors].filter(([type]) => isListed(type)).map(([type, one]) => this.#write(type, one));
  }

  #write(type: string, { shape, labels, texts }: Descriptor): JsonMap {
    return {
      name: this.#nameOf(type),
      type,
      labels: [...labels].map((key) => ({ key })),
      ...shape,
      ...texts,
    };
  }

  #nameOf(type: string): string {
    return `projects/${this.#project}/metricDescriptors/${type}`;
  }
}

function readShape(request: JsonMap): MetricShape {
  const metricKind = textOf(request, 'metricKind') ?? 'METRIC_KIND_UNSPECIFIED';
  const valueType = textOf(request, 'valueType') ?? 'VALUE_TYPE_UNSPECIFIED';
  if (!isKind(metricKind)) reject(invalidField, 'metricDescriptor.metricKind', metricKind, 'The kind is not valid.');
  if (valueType === 'VALUE_TYPE_UNSPECIFIED') {
    reject(missingField, 'metricDescriptor.valueType', 'The descriptor does not have the value type set.');
  }
  if (!isType(valueType)) reject(invalidField, 'metricDescriptor.valueType', valueType, 'The type is not valid.');
  return { metricKind, valueType };
}

export function isKind(text: string): text is MetricKind {
  return KINDS.includes(text);
}

function isType(text: string): text is ValueType {
  return TYPES.includes(text);
}
