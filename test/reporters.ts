/** CI adds up the tests of all tiers: each run leaves its figures where FLEET_TEST_REPORT says. */
const report = process.env['FLEET_TEST_REPORT'];

export const reporters: (string | [string, Record<string, unknown>])[] =
  report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]];
