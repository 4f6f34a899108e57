/**
 * The Prometheus text format ("Exposition formats", Prometheus documentation): `# TYPE name type` lines and samples. Timestamps and
 * exemplars are read over; HELP and other comments are left out.
 */
import type { Labels } from './series.ts';

/** `unknown`: no TYPE line, or one that says `untyped`. */
export type PrometheusType = 'gauge' | 'counter' | 'histogram' | 'summary' | 'unknown';

export interface PrometheusSample {
  /** As on the line: `vllm:prompt_tokens_total`, `vllm:time_to_first_token_seconds_bucket`. */
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export interface PrometheusText {
  readonly samples: readonly PrometheusSample[];
  /** Type and family of a sample name: `x_bucket` of the histogram `x` belongs to the family `x`. */
  readonly familyOf: (name: string) => Family;
}

export interface Family {
  readonly family: string;
  readonly type: PrometheusType;
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)/;
/** Sticky: it goes on where its last match ended. */
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/y;
const FAMILY_SUFFIX = /_(?:bucket|sum|count|total)$/;

/** What a line says before its value. */
type Head = Pick<PrometheusSample, 'name' | 'labels'>;

/**
 * Heads by their text: from scrape to scrape and from pod to pod hardly anything but the values differs. Equal heads have the very
 * same labels, so that others can remember what they made of them.
 */
const heads = new Map<string, Head>();
/** Pods that are gone took some of them along; then all are read again once. */
const MAX_HEADS = 20_000;

/** Throws with the line that it cannot read, as a scrape fails as a whole. */
export function parsePrometheusText(text: string): PrometheusText {
  const types = new Map<string, PrometheusType>();
  const samples: PrometheusSample[] = [];
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '') continue;
    if (line.startsWith('#')) noteType(line, types);
    else samples.push(parseSample(line));
  }
  const families = new Map<string, Family>();
  const familyOf = (name: string): Family => {
    const known = families.get(name) ?? findFamily(name, types);
    families.set(name, known);
    return known;
  };
  return { samples, familyOf };
}

function findFamily(name: string, types: ReadonlyMap<string, PrometheusType>): Family {
  const exact = types.get(name);
  if (exact !== undefined) return { family: name, type: exact };
  const family = name.replace(FAMILY_SUFFIX, '');
  const type = types.get(family);
  // Only the parts of a histogram or summary lose their suffix; a counter keeps `_total` whatever its TYPE line says.
  if (type === 'histogram' || type === 'summary') return { family, type };
  return { family: name, type: type === 'counter' ? type : 'unknown' };
}

function noteType(line: string, types: Map<string, PrometheusType>): void {
  const [, name, type] = /^#\s*TYPE\s+(\S+)\s+(\S+)/.exec(line) ?? [];
  if (name === undefined) return;
  const known = type === 'gauge' || type === 'counter' || type === 'histogram' || type === 'summary';
  types.set(name, known ? type : 'unknown');
}

function parseSample(line: string): PrometheusSample {
  const headText = line.slice(0, line.lastIndexOf('}') + 1 || Math.max(0, line.indexOf(' ')));
  const rest = line.slice(headText.length).trimStart();
  // A line with a timestamp or an exemplar has more behind its value, and perhaps more braces.
  const known = rest.includes(' ') ? undefined : heads.get(headText);
  if (known !== undefined && rest !== '') return { ...known, value: parsePrometheusNumber(rest) };
  const [, name, labelText = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`parsing Prometheus text: this line is no sample: ${line}`);
  const head: Head = { name, labels: parseLabels(labelText, line) };
  if (heads.size >= MAX_HEADS) heads.clear();
  if (rest === value) heads.set(headText, head);
  return { ...head, value: parsePrometheusNumber(value) };
}

function parseLabels(text: string, line: string): Labels {
  const labels: Record<string, string> = {};
  let end = 0;
  LABEL.lastIndex = 0;
  for (let match = LABEL.exec(text); match !== null; match = LABEL.exec(text)) {
    const [, name = '', value = ''] = match;
    labels[name] = value.includes('\\') ? unescaped(value) : value;
    end = LABEL.lastIndex;
  }
  if (text.slice(end).trim() !== '') throw new Error(`parsing Prometheus text: labels of this line: ${line}`);
  return labels;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/** `+Inf`, `-Inf`, `NaN` and what JavaScript reads as a number. */
export function parsePrometheusNumber(text: string): number {
  const plain = Number(text);
  if (!Number.isNaN(plain)) return plain;
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number.NaN;
}
