/** A real API server accepts every object of every example, with nothing to remark, under the published definitions. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kubernetesVersion } from '../../../emulator/control-plane/programs.ts';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { stackOf } from '#shared/documents/serving-stack/parse.ts';
import { anyDocument } from '../../manifests/serving/any-document.ts';
import { skipped } from '../components.ts';
import { realMissing } from '../kubernetes/real.ts';
import { definitionsFolder } from '../recordings.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { unpublished } from './unpublished.ts';

const examples = new URL('../../../manifests/examples/stacks/', import.meta.url).pathname;
const files = readdirSync(examples).filter((file) => file.endsWith('.objects.yaml'));
const definitions = definitionsFolder('keda.sh_scaledobjects.yaml');
const reason =
  definitions === undefined ? 'there are no custom resource definitions beside the recordings' : realMissing();
const component = `kube-apiserver ${kubernetesVersion}, published definitions`;

/** One seed, so that a failure is found again; others were tried when this was written. */
const random = { seed: 1, numRuns: 40 };

let server: ApiServer;

beforeAll(async () => {
  if (reason === undefined && definitions !== undefined) server = await startApiServer(definitions);
});
afterAll(async () => {
  if (reason === undefined) await server.stop();
});

describe.skipIf(reason !== undefined)(wireSuite({ wire: 'Manifests', side: 'real', component }), () => {
  const published = files.map((file) => ({
    example: basename(file, '.objects.yaml'),
    objects: objectsOf(file).filter(isPublished),
  }));

  it.each(published)('$example', async ({ objects }) => {
    expect(await remarksOn(objects)).toEqual([]);
  });

  it.for(fc.sample(anyDocument, random).map((document, at) => ({ at, document })))(
    'any valid document, $at',
    async ({ document }) => {
      const objects = renderStack(stackOf(document, servingCatalogue));

      expect(await remarksOn(objects.filter(isPublished))).toEqual([]);
    },
  );

  it.each([
    ['a field that is not there', { spec: { replica: 1 } }, 'field not declared in schema'],
    ['a value of the wrong type', { spec: { replicas: 'two' } }, 'replicas'],
  ])('refuses %s', async (_, wrong, text) => {
    const metadata = { name: 'wrong', namespace: 'default' };

    const review = await server.review({
      apiVersion: 'leaderworkerset.x-k8s.io/v1',
      kind: 'LeaderWorkerSet',
      metadata,
      ...wrong,
    });

    expect(review?.message).toContain(text);
  });
});

describe('kinds without a public definition', () => {
  it('are those that are listed', () => {
    const found = new Set(
      files
        .flatMap(objectsOf)
        .map(kindOf)
        .filter((kind) => unpublished[kind] !== undefined),
    );

    expect([...found].toSorted()).toEqual(Object.keys(unpublished).toSorted());
  });

  it('a real API server was asked of the others, or it is said why not', (context) => {
    if (reason === undefined) return;
    expect(skipped(reason)).toBeUndefined();
    context.skip(reason);
  });
});

/** What the server says of them that is not plain consent. */
async function remarksOn(objects: readonly Applied[]): Promise<readonly unknown[]> {
  const remarks: unknown[] = [];
  for (const object of objects) {
    const review = await server.review(object);
    const name = `${object.kind} ${object.metadata.name}`;
    if (review === undefined) remarks.push(`${name}: ${object.apiVersion} is not served`);
    else if (review.message !== '' || review.warnings.length > 0) remarks.push({ name, ...review });
  }
  return remarks;
}

function isPublished(object: Applied): boolean {
  return unpublished[kindOf(object)] === undefined;
}

function objectsOf(file: string): readonly Applied[] {
  const text = readFileSync(join(examples, file), 'utf8');
  // What the first tier holds to be the output of the typed builders.
  return parseAllDocuments(text).map((document) => document.toJS() as Applied);
}

function kindOf({ apiVersion, kind }: Applied): string {
  return `${apiVersion} ${kind}`;
}
