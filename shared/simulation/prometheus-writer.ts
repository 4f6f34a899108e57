import type { HistogramReading } from './histogram.ts';

export type LabelValues = Readonly<Record<string, string>>;

/** One series of a gauge or counter. */
export interface SeriesValue {
  readonly labels: LabelValues;
  readonly value: number;
}

/** Writes the Prometheus text format ("Exposition formats", Prometheus documentation): a TYPE line, then the series. */
export class PrometheusWriter {
  readonly #lines: string[] = [];

  gauge(name: string, ...series: readonly SeriesValue[]): this {
    return this.#write(name, 'gauge', series);
  }

  /** @param name with its `_total` */
  counter(name: string, ...series: readonly SeriesValue[]): this {
    return this.#write(name, 'counter', series);
  }

  histogram(name: string, labels: LabelValues, { edges, counts, sum, count }: HistogramReading): this {
    this.#lines.push(`# TYPE ${name} histogram`);
    const own = labelText(labels);
    const upTo = own === '' ? 'le=' : `${own},le=`;
    let accumulated = 0;
    for (const [bucket, edge] of edges.entries()) {
      accumulated += counts[bucket] ?? 0;
      this.#sample(`${name}_bucket`, `${upTo}"${edge}"`, accumulated);
    }
    this.#sample(`${name}_bucket`, `${upTo}"+Inf"`, count);
    this.#sample(`${name}_sum`, own, sum);
    this.#sample(`${name}_count`, own, count);
    return this;
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  #write(name: string, type: string, series: readonly SeriesValue[]): this {
    // A vector without series has no TYPE line either.
    if (series.length > 0) this.#lines.push(`# TYPE ${name} ${type}`);
    for (const { labels, value } of series) this.#sample(name, labelText(labels), value);
    return this;
  }

  #sample(name: string, labels: string, value: number): void {
    this.#lines.push(`${name}${labels === '' ? '' : `{${labels}}`} ${value}`);
  }
}

/** What stands between the braces. */
function labelText(labels: LabelValues): string {
  return Object.entries(labels)
    .map(([label, text]) => `${label}="${escape(text)}"`)
    .join(',');
}

function escape(text: string): string {
  // Hardly any label has one of them, and thousands are written at every scrape.
  if (!/[\\"\n]/.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
