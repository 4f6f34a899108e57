/** What our own builders render passes all checks. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readManifests } from '../../../functions/cli/manifest-file.ts';
import { checkObjects } from '#manifests/checks/check-objects.ts';

const folder = new URL('../../../manifests/examples/stacks/', import.meta.url);
const rendered = readdirSync(folder).filter((name) => name.endsWith('.objects.yaml'));

it('there are examples', () => {
  expect(rendered.length).toBeGreaterThan(20);
});

it.each(rendered)('%s', (name) => {
  const { objects, problems } = readManifests(readFileSync(new URL(name, folder), 'utf8'));

  expect(problems).toEqual([]);
  expect(checkObjects(objects).map(({ rule, object, message }) => `${rule} ${object}: ${message}`)).toEqual([]);
});
