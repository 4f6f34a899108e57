/** The formulas, computed: what KEDA reads as expr-lang is JavaScript too, but for the names of functions. */
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { guardedDemand, latencyLaw } from '#manifests/serving/autoscaling/formula.ts';

type Values = Readonly<Record<string, number>>;

function computed(formula: string, values: Values): unknown {
  const statements = formula.split(';');
  const body = [...statements.slice(0, -1), `return ${statements.at(-1)}`].join(';\n');
  const known = { max: Math.max, ceil: Math.ceil, floor: Math.floor, ...values };
  return runInNewContext(`(() => {${body}})()`, known);
}

describe('demand by queue', () => {
  const { formula } = guardedDemand({ queued: 1, running: 16 });

  it.each([
    { name: 'asks for as many as are queued', values: { queue: 3, running: 0, replicas: 2, ready: 2 }, wanted: 3 },
    { name: 'asks for as many as run', values: { queue: 0, running: 48, replicas: 2, ready: 2 }, wanted: 3 },
    { name: 'leaves out what is starting', values: { queue: 10, running: 48, replicas: 4, ready: 3 }, wanted: 9 },
    {
      name: 'takes none away while more are needed',
      values: { queue: 5, running: 0, replicas: 4, ready: 0 },
      wanted: 4,
    },
    { name: 'shrinks by demand alone', values: { queue: 0, running: 16, replicas: 4, ready: 2 }, wanted: 1 },
    { name: 'asks for none without requests', values: { queue: 0, running: 0, replicas: 1, ready: 1 }, wanted: 0 },
    { name: 'wakes what sleeps', values: { queue: 2, running: 0, replicas: 0, ready: 0 }, wanted: 2 },
    { name: 'is not misled by a count that lags', values: { queue: 5, running: 0, replicas: 2, ready: 4 }, wanted: 5 },
  ])('$name', ({ values, wanted }) => {
    expect(computed(formula, values)).toBe(wanted);
  });
});

describe('the law of latency', () => {
  const { formula } = latencyLaw();

  it.each([
    { name: 'grows by what is over the band', values: { pressure: 0.8, replicas: 4, ready: 4 }, wanted: 6 },
    { name: 'leaves out what is starting', values: { pressure: 0.8, replicas: 4, ready: 3 }, wanted: 5 },
    { name: 'holds inside the band', values: { pressure: 0.5, replicas: 4, ready: 4 }, wanted: 4 },
    { name: 'holds at its edges', values: { pressure: 0.55, replicas: 4, ready: 4 }, wanted: 4 },
    { name: 'shrinks by what is under it', values: { pressure: 0.2, replicas: 4, ready: 4 }, wanted: 2 },
    {
      name: 'shrinks by the pressure as it is, not by what is starting',
      values: { pressure: 0.39, replicas: 4, ready: 1 },
      wanted: 4,
    },
    { name: 'asks for none without traffic', values: { pressure: 0, replicas: 4, ready: 4 }, wanted: 0 },
  ])('$name', ({ values, wanted }) => {
    expect(computed(formula, values)).toBe(wanted);
  });
});
