/** One parse tells documents from commands; what was stored is read back as its kind. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, parseDocument, parseRequest, parseStoredDocument } from '#shared/documents/index.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makePause } from '../../support/make-command.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';

describe('parseRequest', () => {
  it.each([makeClusterDocument(), makeModelServiceDocument()])('takes $kind for a document', (document) => {
    expect(parseRequest(document, catalogue)).toEqual({ ok: true, kind: 'document', document, warnings: [] });
  });

  it('takes Pause for a command', () => {
    const command = makePause();

    expect(parseRequest(command, catalogue)).toEqual({ ok: true, kind: 'command', command, warnings: [] });
  });

  it('knows all kinds by name', () => {
    const parsed = parseRequest({ apiVersion: 'inference-fleet/v1', kind: 'constructor' }, catalogue);

    expect(!parsed.ok && parsed.problems.map(formatProblem)).toEqual([
      'kind = "constructor": must be one of Cluster, ModelService, Override, Pause, Resume; use Cluster or ModelService or Override or Pause or Resume',
    ]);
  });
});

it('parseDocument takes no command', () => {
  const parsed = parseDocument(makePause(), catalogue);

  expect(!parsed.ok && parsed.problems.map(formatProblem)).toEqual([
    'kind = "Pause": must be one of Cluster, ModelService; use Cluster or ModelService',
  ]);
});

describe('parseStoredDocument', () => {
  it('reads a document back', () => {
    const stored = makeModelServiceDocument();

    expect(parseStoredDocument('ModelService', stored, catalogue)).toEqual(stored);
  });

  it.each([
    {
      name: 'no longer passes',
      stored: makeClusterDocument({ metadata: { name: 'Demo' } }),
      message: /^reading the document: metadata\.name = "Demo": must be at most 40 /,
    },
    {
      name: 'is of another kind',
      stored: makeModelServiceDocument(),
      message: /^reading the document: its kind is ModelService, not Cluster$/,
    },
  ])('refuses for good what $name', ({ stored, message }) => {
    expect(() => parseStoredDocument('Cluster', stored, catalogue)).toThrow(
      expect.objectContaining({ kind: 'permanent', message: expect.stringMatching(message) }),
    );
  });
});
