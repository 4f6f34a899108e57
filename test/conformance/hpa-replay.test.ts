/** Our arithmetic against recorded decisions of the real Horizontal Pod Autoscaler, case by case and step by step. */
import { describe, expect, it } from 'vitest';
import { leftOutBecause, propose, readVectors, replay, skippedBecause, type Vector } from './hpa-vectors.ts';
import { wireSuite } from './report/wire-suite.ts';

const vectors = readVectors();
const replayed = vectors.filter((vector) => leftOutBecause(vector) === undefined);
const leftOut = vectors.filter((vector) => leftOutBecause(vector) !== undefined);
const calculations = replayed.filter(({ config }) => config.mode === 'calculator');
const controllers = replayed.filter(({ config }) => config.mode === 'controller');
const stepsOf = (some: readonly Vector[]) => some.reduce((sum, { steps }) => sum + steps.length, 0);

const suite = wireSuite({
  wire: 'Decisions of the Horizontal Pod Autoscaler',
  side: 'ours',
  component: 'the scaling engine, held against recorded decisions of Kubernetes 1.35',
});

describe.skipIf(skippedBecause !== undefined)(suite, () => {
  it.each(calculations)('$id', (vector) => {
    const { inputs, expect: expected } = vector.steps[0]!;

    const proposal = propose(vector, vector.config.metrics[0]!, inputs);

    if (expected.error === true) {
      expect(proposal.kind).toBe('failed');
      return;
    }
    expect(proposal).toMatchObject({ replicas: expected.desiredReplicas });
    // Dividing by no replicas gives no usage in any language.
    if (inputs.statusReplicas > 0) expect(proposal).toMatchObject({ usage: expected.usage });
  });

  it.each(controllers)('$id', (vector) => {
    const decisions = replay(vector);

    expect(decisions.map(({ desiredReplicas }) => desiredReplicas)).toEqual(
      vector.steps.map((step) => step.expect.desiredReplicas),
    );
    const limited = decisions.flatMap(({ normalized }, at) => {
      const condition = vector.steps[at]?.expect.conditions?.['ScalingLimited'];
      return normalized === undefined ? [] : [[normalized.limit, condition?.reason]];
    });
    expect(limited.map(([ours]) => ours)).toEqual(limited.map(([, theirs]) => theirs));
  });
});

describe('what was replayed', () => {
  it.skipIf(skippedBecause !== undefined)('no case keeps more events than its longest window holds', () => {
    const longest = controllers.map((vector) => {
      const memory = replay(vector).at(-1)?.memory;
      return Math.max(memory?.recommendations.length ?? 0, memory?.ups.length ?? 0, memory?.downs.length ?? 0);
    });

    // The longest window or period of the cases is 30 min, a decision falls every 15 s.
    expect(Math.max(...longest)).toBeLessThanOrEqual(121);
  });

  it('is counted, and what was left out is named with its reason', (context) => {
    if (skippedBecause !== undefined) {
      process.stderr.write(`skipped: ${skippedBecause}\n`);
      context.skip(skippedBecause);
    }
    const reasons = Map.groupBy(leftOut, leftOutBecause);
    const lines = [
      `replayed ${replayed.length} of ${vectors.length} cases (${stepsOf(replayed)} decisions): ${replayed.map(({ id }) => id).join(' ')}`,
      ...[...reasons].map(
        ([reason, some]) => `left out ${some.length}, ${reason}: ${some.map(({ id }) => id).join(' ')}`,
      ),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);

    expect(replayed.length).toBeGreaterThanOrEqual(200);
    expect(replayed.length + leftOut.length).toBe(vectors.length);
  });
});
