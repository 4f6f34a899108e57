import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../emulator/monitoring/filter.ts';

const series = {
  metric: { type: 'prometheus.googleapis.com/vllm:x/gauge', labels: { role: 'decode', 'odd-name': 'y' } },
  resource: { type: 'prometheus_target', labels: { cluster: 'demo', project_id: 'p' } },
};

describe('a filter', () => {
  it.each([
    ['', true],
    ['metric.type="prometheus.googleapis.com/vllm:x/gauge"', true],
    ["metric.type = 'prometheus.googleapis.com/vllm:x/gauge'", true],
    ['metric.type = starts_with("prometheus.googleapis.com/vllm:")', true],
    ['metric.type = starts_with("custom")', false],
    ['metric.type = ends_with("/gauge")', true],
    ['metric.type = has_substring("vllm")', true],
    ['metric.type : vllm', true],
    ['metric.labels.role = monitoring.regex.full_match("dec.*")', true],
    ['metric.labels.role = monitoring.regex.full_match("dec")', false],
    ['metric.labels.role = one_of("prefill", "decode")', true],
    ['resource.labels.cluster = demo', true],
    ['resource.label."cluster" = "other"', false],
    ['metric.label."odd-name" = "y"', true],
    ['metric.labels.role != "prefill"', true],
    ['metric.labels.absent = ""', false],
    ['NOT metric.labels.role = "decode"', false],
    ['-metric.labels.role = "prefill"', true],
    ['resource.type = "prometheus_target" AND metric.labels.role = "prefill"', false],
    ['resource.type = "prometheus_target" metric.labels.role = "decode"', true],
    ['resource.type = "a" OR metric.labels.role = "decode"', true],
    // OR binds tighter than AND: (a OR b) AND c.
    ['metric.labels.role = "decode" OR metric.labels.role = "x" AND resource.type = "a"', false],
    ['(metric.labels.role = "x" AND resource.type = "a") OR project = "p"', true],
  ])('%j matches: %s', (text, expected) => {
    expect(parseFilter(text).matches(series)).toBe(expected);
  });

  it.each([
    ['metric.type = ', 'expected a value at the end'],
    ['metric.type "x"', 'unexpected'],
    ['metric.kind = "x"', 'unknown field "metric.kind"'],
    ['metric.type = starts_with(""x"")', 'expected ")"'],
    ['metric.type = nearly("x")', 'unknown function nearly'],
    ['(metric.type = "x"', 'expected ")"'],
    ['metric.labels.a > 3', 'unexpected ">"'],
    ['metric.type = "x" ~', 'syntax error at "~"'],
  ])('%j is refused: %s', (text, problem) => {
    expect(() => parseFilter(text)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    expect(() => parseFilter(text)).toThrow(problem);
  });

  it.each([
    ['metric.type = "a" AND resource.type = "b"', { exact: 'a', hasResourceType: true }],
    ['resource.type = "b"', { exact: undefined, hasResourceType: true }],
    ['metric.type = starts_with("a")', { exact: undefined, hasResourceType: false }],
    ['NOT metric.type = "a"', { exact: undefined, hasResourceType: false }],
  ])('%j says of the types: %j', (text, { exact, hasResourceType }) => {
    const filter = parseFilter(text);

    expect({ exact: filter.metricType?.exact, hasResourceType: filter.hasResourceType }).toEqual({
      exact,
      hasResourceType,
    });
  });
});
