import { expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseRequest } from '#shared/documents/index.ts';
import { targetOfCommand } from '#shared/domain/command.ts';
import { targetOf } from '#shared/domain/fleet-document.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { poolTarget } from '#shared/domain/target.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeOverride, makePause } from '../../support/make-command.ts';
import { makeModelServiceDocument } from '../../support/make-model-service.ts';

function targetIn(request: JsonObject): string | undefined {
  const parsed = parseRequest(request, catalogue);
  if (!parsed.ok) throw new Error(`reading a request: ${JSON.stringify(parsed.problems)}`);
  return parsed.kind === 'document' ? targetOf(parsed.document) : targetOfCommand(parsed.command);
}

it.each([
  { request: makeClusterDocument(), expected: 'cluster/demo' },
  { request: makeModelServiceDocument(), expected: 'model/demo/serving/llama-70b' },
  { request: makeOverride(), expected: 'model/demo/serving/llama-70b' },
  { request: makePause({ target: poolTarget('demo', 'h200') }), expected: 'pool/demo/h200' },
  { request: makePause({ all: true }, 'Resume'), expected: undefined },
])('$request.kind is about $expected', ({ request, expected }) => {
  expect(targetIn(request)).toBe(expected);
});
