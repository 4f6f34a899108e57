/** The list of served calls against the official package, and the list of refusals against our own rule. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { computeCalls } from '../../../emulator/wires/compute-rest.ts';
import { allRejections } from '../../../emulator/world/rejection.ts';
import { makeCompute } from '../compute/compute-fixtures.ts';

describe('the served calls', () => {
  const protos = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('@google-cloud/compute/build/protos/protos.json'), 'utf8'),
  );
  const services: Record<string, { methods?: Record<string, { options: Record<string, string> }> }> =
    protos.nested.google.nested.cloud.nested.compute.nested.v1.nested;
  const published = new Set(
    Object.values(services)
      .flatMap((service) => Object.values(service.methods ?? {}))
      .flatMap(({ options }) =>
        ['get', 'post', 'patch', 'delete'].map(
          (verb) => `${verb.toUpperCase()} ${options[`(google.api.http).${verb}`]}`,
        ),
      )
      // Parameter names differ here and there ({network_profile}); which parameter it is does not.
      .map((call) => call.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())),
  );

  it.each(computeCalls.map(({ method, path }) => `${method} ${path}`))(
    '%s is a call of the official package',
    (call) => {
      expect(published).toContain(call);
    },
  );

  it('are each listed once', () => {
    expect(new Set(computeCalls.map(({ method, path }) => `${method} ${path}`)).size).toBe(computeCalls.length);
  });
});

it('each refusal of Compute cites its source or says that it is assumed', () => {
  // The rules are declared by the modules of the world.
  makeCompute();

  const ours = allRejections().filter(({ id }) => id.startsWith('compute.'));

  expect(ours.length).toBeGreaterThan(35);
  expect(ours.filter(({ source }) => !/(#\d+|quoted .+|(assumed|limit): .+)/.test(source)).map(({ id }) => id)).toEqual(
    [],
  );
});
