import { describe, expect, it } from 'vitest';
import {
  customPoint,
  gaugeText,
  listRequest,
  makeMonitoring,
  PROJECT,
  seriesIn,
  valuesIn,
  WAITING,
} from './make-monitoring.ts';

const REQUEST = listRequest(`metric.type="${WAITING}"`, -60, 600);

describe('a blackout', () => {
  it.each([
    { kind: 'unavailable', code: 'UNAVAILABLE' },
    { kind: 'permissionDenied', code: 'PERMISSION_DENIED' },
  ] as const)('refuses reads and writes while it is $kind', async ({ kind, code }) => {
    const { monitoring, scrape } = makeMonitoring();
    await scrape(() => gaugeText(1), 15_000);

    const end = monitoring.misfortunes.blackout(kind);
    const read = () => monitoring.metrics.listTimeSeries(REQUEST);
    const write = () =>
      monitoring.metrics.createTimeSeries({ name: PROJECT, timeSeries: [customPoint(15, { doubleValue: 1 })] });

    expect(read).toThrow(expect.objectContaining({ code }));
    expect(write).toThrow(expect.objectContaining({ code }));
    end();
    expect(valuesIn(seriesIn(read())[0])).toEqual([1]);
    expect(write).not.toThrow();
  });

  it('that is silent shows nothing that arrives while it lasts, and everything afterwards', async () => {
    const { monitoring, scrape } = makeMonitoring();
    const value = (_: string, afterMs: number) => gaugeText(afterMs / 15_000);
    await scrape(value, 30_000);

    const end = monitoring.misfortunes.blackout('silent');
    await scrape(value, 30_000);
    const during = seriesIn(monitoring.metrics.listTimeSeries(REQUEST));
    end();
    const after = seriesIn(monitoring.metrics.listTimeSeries(REQUEST));

    // The scrape at the instant at which it began still came through.
    expect(during.map(valuesIn)).toEqual([[2, 1, 0]]);
    expect(after.map(valuesIn)).toEqual([[3, 2, 1, 0]]);
  });

  it('may be of some series only', async () => {
    const { monitoring, scrape, pass } = makeMonitoring();
    await scrape(() => gaugeText(0), 15_000, ['a', 'b']);

    monitoring.misfortunes.blackout('silent', ({ metric }) => metric.labels['pod'] === 'b');
    await pass(1);
    await scrape(() => gaugeText(1), 15_000, ['a', 'b']);

    expect(seriesIn(monitoring.metrics.listTimeSeries(REQUEST)).map(valuesIn)).toEqual([[1, 0], [0]]);
  });
});
