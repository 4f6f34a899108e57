import type { Scenario } from './scenario.ts';

export const build: Scenario = {
  name: 'build',
  summary: 'nothing goes wrong',
  begin: () => () => [],
};
