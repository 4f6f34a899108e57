/** After a whole run of the second tier: writes test/CONFORMANCE.md, and in CI fails where the page that was committed said something else. */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';
import { isCi } from '../components.ts';
import { exceptions } from '../exceptions.ts';
import { mergeSuites, outdatedLines, renderReport, type SuiteResult } from './report.ts';
import { readWireSuite } from './wire-suite.ts';

const root = new URL('../../..', import.meta.url).pathname;
const page = new URL('../../CONFORMANCE.md', import.meta.url);

export const conformanceReporter: Reporter = {
  onTestRunEnd(testModules) {
    // A run of a few files knows nothing of the others.
    const files = globSync('test/conformance/**/*.test.ts', { cwd: root });
    if (testModules.length < files.length) return;
    const results = mergeSuites(testModules.flatMap(suiteResults));
    const report = renderReport(results, exceptions);
    const committed = existsSync(page) ? readFileSync(page, 'utf8') : '';
    writeFileSync(page, report);
    if (!isCi()) return;
    for (const line of outdatedLines(committed, report, results)) {
      process.stderr.write(
        `test/CONFORMANCE.md is not what this run saw (run npm run test:conformance, commit it): ${line}\n`,
      );
      process.exitCode = 1;
    }
  },
};

function suiteResults(testModule: TestModule): readonly SuiteResult[] {
  return [...testModule.children.suites()].flatMap((suite) => {
    const wire = readWireSuite(suite.name);
    return wire === undefined ? [] : [{ ...wire, ...countsOf(suite) }];
  });
}

function countsOf(suite: TestSuite): Pick<SuiteResult, 'passed' | 'failed' | 'skipped'> {
  const states = [...suite.children.allTests()].map((test) => test.result().state);
  const count = (state: string) => states.filter((each) => each === state).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}
