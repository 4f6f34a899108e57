import { numberOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { MAX_POINTS_PER_PAGE } from './facts.ts';
import type { TimeSeries } from './series.ts';
import { writeSeries } from './time-series-json.ts';

/**
 * One page of a ListTimeSeries answer (comment of ListTimeSeriesRequest.page_size): with the full view the size counts points, and
 * a series may go on on the next page; with headers only it counts series.
 */
export function pageOfSeries(all: readonly TimeSeries[], request: JsonMap): JsonMap {
  const pageSize = numberOf(request, 'pageSize') ?? 0;
  const size = pageSize > 0 ? Math.min(pageSize, MAX_POINTS_PER_PAGE) : MAX_POINTS_PER_PAGE;
  // The token is the index of the next point or series.
  const from = Number(textOf(request, 'pageToken') ?? 0);
  const headersOnly = textOf(request, 'view') === 'HEADERS';
  const total = headersOnly ? all.length : all.reduce((points, series) => points + series.points.length, 0);
  const timeSeries = headersOnly
    ? all.slice(from, from + size).map((series) => writeSeries(series, []))
    : pointsBetween(all, from, from + size);
  return { timeSeries, ...(total > from + size && { nextPageToken: String(from + size) }) };
}

function pointsBetween(all: readonly TimeSeries[], from: number, to: number): JsonMap[] {
  const written: JsonMap[] = [];
  let passed = 0;
  for (const series of all) {
    const newestFirst = [...series.points].reverse();
    const part = newestFirst.slice(Math.max(0, from - passed), Math.max(0, to - passed));
    if (part.length > 0) written.push(writeSeries(series, part));
    passed += newestFirst.length;
  }
  return written;
}
