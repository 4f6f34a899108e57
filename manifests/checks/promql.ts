/** Reads PromQL far enough to tell which series it takes and whether one is left. */

export interface SeriesRef {
  readonly metric: string;
  /** What stands in braces behind it. */
  readonly matchers: string;
  /** An aggregation around it leaves one series. */
  readonly isAggregated: boolean;
}

const AGGREGATION = /^(sum|max|min|avg|count|group|stddev|stdvar|quantile)$/;
/** One series whatever goes in. */
const SINGLE = /^(scalar|vector|absent|absent_over_time|time)$/;
const WORD = /^(by|without|on|ignoring|group_left|group_right|bool|offset|and|or|unless|inf|nan)$/i;

interface Scope {
  readonly isSingle: boolean;
  /** Names in it are labels, not metrics. */
  readonly areLabels: boolean;
}

/** Every metric of the query (Prometheus documentation, "Querying basics"). */
export function seriesIn(query: string): readonly SeriesRef[] {
  const found: SeriesRef[] = [];
  const scopes: Scope[] = [];
  let last = '';
  const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^}]*\}|\[[^\]]*\]|[A-Za-z_:][\w:]*|\d[\w.]*|[()]/g;
  for (const { 0: token, index } of query.matchAll(tokens)) {
    if (token === '(') scopes.push(scopeOf(query, index, last));
    if (token === ')') scopes.pop();
    if (isMetric(query, token, index) && !scopes.some(({ areLabels }) => areLabels)) {
      const matchers = /^\s*(\{[^}]*\})/.exec(query.slice(index + token.length))?.[1] ?? '';
      found.push({ metric: token, matchers, isAggregated: scopes.some(({ isSingle }) => isSingle) });
    }
    if (!token.startsWith('[')) last = token;
  }
  return found;
}

/** A name that nothing calls. */
function isMetric(query: string, token: string, index: number): boolean {
  if (!/^[A-Za-z_:]/.test(token) || WORD.test(token)) return false;
  const rest = query.slice(index + token.length);
  if (/^\s*\(/.test(rest)) return false;
  // `sum by (x) (…)`: the aggregation before its labels.
  return !(AGGREGATION.test(token) && /^\s*(by|without)\b/i.test(rest));
}

function scopeOf(query: string, index: number, last: string): Scope {
  if (/^(by|without|on|ignoring|group_left|group_right)$/i.test(last)) return { isSingle: false, areLabels: true };
  const before = query.slice(0, index);
  const grouped = /([a-z]+)\s+(?:by|without)\s*\(([^()]*)\)\s*$/i.exec(before);
  const name = grouped?.[1] ?? /([a-z_]+)\s*$/i.exec(before)?.[1] ?? '';
  const after = /^\s*(?:by|without)\s*\(([^()]*)\)/i.exec(query.slice(closing(query, index) + 1));
  const labels = grouped?.[2] ?? after?.[1] ?? '';
  const isSplit = labels.replaceAll(/\ble\b|[\s,]/g, '') !== '';
  return { isSingle: SINGLE.test(name) || (AGGREGATION.test(name) && !isSplit), areLabels: false };
}

/** Where the bracket that opens at the index is closed. */
function closing(query: string, index: number): number {
  let depth = 0;
  for (let place = index; place < query.length; place += 1) {
    if (query[place] === '(') depth += 1;
    if (query[place] === ')') depth -= 1;
    if (depth === 0) return place;
  }
  return query.length;
}
