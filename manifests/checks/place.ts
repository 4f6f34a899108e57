/** A value of an object and where it stands, so that whoever judges it can also say where it is. Nothing here trusts the form of what it reads. */

export type Path = readonly (string | number)[];

export interface Place {
  /** Of the object in the list that is checked. */
  readonly object: number;
  readonly path: Path;
  /** Undefined: nothing is there. */
  readonly value: unknown;
}

type Members = { readonly [key: string]: unknown };

export function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is below, also where nothing is: its place can still be named. */
export function at(place: Place, ...steps: Path): Place {
  return steps.reduce<Place>(
    ({ object, path, value }, step) => ({ object, path: [...path, step], value: below(value, step) }),
    place,
  );
}

function below(value: unknown, step: string | number): unknown {
  if (Array.isArray(value) && typeof step === 'number') return value[step];
  // What JavaScript gives every object is nobody's field.
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

/** The entries of a list; none where there is no list. */
export function itemsOf(place: Place): readonly Place[] {
  return Array.isArray(place.value) ? place.value.map((_, index) => at(place, index)) : [];
}

/** The members of an object by name; none where there is no object. */
export function membersOf(place: Place): readonly (readonly [name: string, member: Place])[] {
  return isRecord(place.value) ? Object.keys(place.value).map((name) => [name, at(place, name)] as const) : [];
}

export function textOf({ value }: Place): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf({ value }: Place): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function isThere({ value }: Place): boolean {
  return value !== undefined && value !== null;
}

/** Every text below, with its place. */
export function textsBelow(place: Place): readonly Place[] {
  if (typeof place.value === 'string') return [place];
  const children = [...itemsOf(place), ...membersOf(place).map(([, member]) => member)];
  return children.flatMap(textsBelow);
}

/** A map of texts, as labels are; what is no text is left out. */
export function textMapOf(place: Place): ReadonlyMap<string, string> {
  return new Map(
    membersOf(place).flatMap(([name, member]) => {
      const text = textOf(member);
      return text === undefined ? [] : [[name, text] as const];
    }),
  );
}

/** `spec.template.spec.containers[0].env`, keys that are no plain words as in `labels['llm-d.ai/role']` (kubectl's JSONPath). */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `['${step}']`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** What somebody still has to fill in, e.g. `${POOL}`, `$HF_TOKEN`, `{{ .Values.name }}` or `<project>`: not ours to judge. */
export function isPlaceholder(text: string): boolean {
  return /\$[{(]?[A-Za-z_]|\{\{|^<[^>]*>|\b(YOUR|REPLACE)[-_]/.test(text);
}
