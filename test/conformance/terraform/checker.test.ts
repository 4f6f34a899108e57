/** The checks find what is wrong: each row writes one mistake into a copy of infra/. */
import { describe, expect, it } from 'vitest';
import { isInstalled } from '../components.ts';
import { readConfiguration, readSources, type Configuration } from './hcl.ts';
import { type Mistake, references, structure } from './mistakes.ts';
import { makeWorkplace, planAll, readPlanTest, type Planned } from './planning.ts';
import { findReferenceFaults } from './references.ts';
import { readSchemas, schemaOf } from './schema.ts';
import { findBlockFaults, findStructureFaults } from './structure.ts';

const schemas = readSchemas();

function makeMistaken({ file, right, wrong }: Mistake): Promise<Configuration> {
  const sources = readSources();
  const text = sources.get(file) ?? '';
  expect(text).toContain(right);
  return readConfiguration(new Map([...sources, [file, text.replace(right, wrong)]]));
}

describe('the check against the schemas', () => {
  it.each(structure)('finds $name', async (mistake) => {
    const configuration = await makeMistaken(mistake);

    expect(findStructureFaults(configuration, schemas)).toContain(mistake.says);
  });
});

describe('the check of references', () => {
  it.each(references)('finds $name', async (mistake) => {
    const configuration = await makeMistaken(mistake);

    expect(findReferenceFaults(configuration, schemas)).toEqual([mistake.says]);
  });
});

async function plan(configuration: Configuration): Promise<readonly Planned[]> {
  const workplace = makeWorkplace(configuration, schemas, await readPlanTest());
  try {
    return planAll(workplace);
  } finally {
    workplace.remove();
  }
}

const refused: readonly Mistake[] = [
  {
    name: 'a field that functions’ JSON does not have',
    file: 'functions.tf',
    right: 'each.value.memory',
    wrong: 'each.value.memmory',
    says: 'This object does not have an attribute named "memmory"',
  },
  {
    name: 'an attribute that a loop reads and there is not',
    file: 'outputs.tf',
    right: 'account.email',
    wrong: 'account.mail',
    says: 'This object does not have an attribute named "mail"',
  },
  {
    name: 'a variable that is not declared',
    file: 'queue.tf',
    right: 'var.region',
    wrong: 'var.regoin',
    says: 'An input variable with the name "regoin" has not been declared',
  },
  {
    name: 'keys that are known after apply only',
    file: 'topics.tf',
    right: 'for_each = var.requesters',
    wrong: 'for_each = toset([google_service_account.invoker.email])',
    says: 'Invalid for_each argument',
  },
  {
    name: 'resources that wait for each other',
    file: 'iam.tf',
    right: '"inference-fleet builder"',
    wrong: 'google_project_iam_member.builder["roles/logging.logWriter"].etag',
    says: 'Cycle:',
  },
];

describe.runIf(isInstalled('terraform'))('planning', () => {
  it.each(refused)('refuses $name', async (mistake) => {
    const configuration = await makeMistaken(mistake);

    await expect(plan(configuration)).rejects.toThrow(mistake.says);
  });

  it('shows values of another type than the argument has', async () => {
    const configuration = await makeMistaken({
      name: 'a text for a number, in the JSON of the queue',
      file: 'queue.tf',
      right: 'local.messaging.queue.maxAttempts',
      wrong: 'local.messaging.queue.minBackoff',
      says: '',
    });

    const planned = await plan(configuration);

    const queue = planned.filter(({ type }) => type === 'google_cloud_tasks_queue');
    expect(
      queue.flatMap(({ address, type, body }) => findBlockFaults(body, schemaOf(schemas, type)!, address)),
    ).toEqual(['google_cloud_tasks_queue.timers.retry_config.max_attempts must be a number, and is "0.100s"']);
  });
});
