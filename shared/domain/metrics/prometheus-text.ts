/**
 * The Prometheus text format, as model servers and the endpoint picker answer it (prometheus/docs
 * content/docs/instrumenting/exposition_formats.md). The parsers on npm are unmaintained or parse whole histograms into
 * structures that nothing here needs; a scrape of vLLM has 2,000 lines, of which ten are read.
 */
export interface PrometheusSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** NaN and infinities are kept: whoever reads the series decides what cannot be true. */
  readonly value: number;
}

/** Series by metric name, of the wanted names only. */
export type PrometheusMetrics = ReadonlyMap<string, readonly PrometheusSeries[]>;

/** `name{labels} value [timestamp]`; the label part is read apart, since a label's value may contain anything. */
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+([^\s{}]+)(?:\s+-?\d+)?$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** Lines of other metrics cost one comparison, comments and lines that are none are left out. */
export function parsePrometheusText(text: string, wanted: ReadonlySet<string>): PrometheusMetrics {
  const metrics = new Map<string, PrometheusSeries[]>();
  for (const line of text.split('\n')) {
    if (!wanted.has(nameOf(line))) continue;
    const [, name, labels, value] = sampleLine.exec(line.trim()) ?? [];
    if (name === undefined || value === undefined) continue;
    const series = metrics.get(name) ?? [];
    series.push({ labels: parseLabels(labels ?? ''), value: toNumber(value) });
    metrics.set(name, series);
  }
  return metrics;
}

function nameOf(line: string): string {
  const end = line.search(/[{\s]/);
  return end === -1 ? line : line.slice(0, end);
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(label)].map(([, name = '', value = '']) => [name, unescape(value)]));
}

function unescape(value: string): string {
  return value.replaceAll(/\\(.)/g, (_all, character: string) => (character === 'n' ? '\n' : character));
}

/** `+Inf`, `-Inf` and `NaN` are spelt by Go; what is no number at all becomes NaN and is found invalid by its reader. */
function toNumber(text: string): number {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
