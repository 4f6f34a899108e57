import { describe, expect, it } from 'vitest';
import { parseFilter } from '../../../emulator/compute/filters.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { refusal } from './compute-fixtures.ts';

const item: JsonMap = {
  name: 'net-0',
  network: 'https://www.googleapis.com/compute/v1/projects/demo/global/networks/net-0',
  priority: 1000,
  autoCreateSubnetworks: false,
  routingConfig: { routingMode: 'REGIONAL' },
  sourceRanges: ['10.0.0.0/8'],
};

describe('a filter', () => {
  it.each([
    ['name="net-0"', true],
    ['name = "net-0"', true],
    ["name = 'net-0'", true],
    ['name=net-0', true],
    ['name = "net"', false],
    ['name != "net"', true],
    ['name eq net-.*', true],
    ['name eq "net"', false],
    ['name ne .*0', false],
    // As gcloud 528 sends `--filter=name=net-0` and `--filter=network:net-0`.
    [String.raw`name eq ".*\bnet\-0\b.*"`, true],
    [String.raw`network eq ".*\bnet\-0\b.*"`, true],
    [String.raw`(name eq ".*\bnet\-0\b.*")(priority eq 1000)`, true],
    [String.raw`(name eq ".*\bnet\-0\b.*")(priority eq 900)`, false],
    ['autoCreateSubnetworks=false', true],
    ['routingConfig.routingMode = REGIONAL', true],
    ['priority > 999', true],
    ['priority <= 999', false],
    ['missing > 0', false],
    ['missing = ""', false],
    ['missing != x', true],
    ['missing ne x', true],
    ['description:*', false],
    ['name:*', true],
    ['sourceRanges:10.0.0.0/8', true],
    ['name=other OR name=net-0', true],
    ['(name=net-0) (priority=1)', false],
    ['(name=net-0) AND (priority=1000)', true],
    ['(name=other) OR (name=net-0) AND (priority=1)', false],
    ['(name=other OR (name=net-0 priority=1000))', true],
  ])('%s is %s', (filter, expected) => {
    expect(parseFilter(filter)(item)).toBe(expected);
  });

  it.each(['name', 'name=', '=x', '(name=x', 'name=x)', 'name ~ x', 'items[].name=x', 'name eq "("'])(
    '%s is refused',
    (filter) => {
      expect(refusal(() => parseFilter(filter))).toMatchObject({
        id: 'compute.badFilter',
        status: 400,
        message: `Invalid value for field 'filter': '${filter}'. Invalid list filter expression.`,
      });
    },
  );
});
