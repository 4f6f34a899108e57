/** Lets Terraform plan and test the configuration without providers, in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { infra, isObject, labelled, listOf, parseHcl, type Configuration, type JsonObject, type Json } from './hcl.ts';
import { addressOf, toPlannable, toPlannableExpressions, type Answers } from './plannable.ts';
import type { ProviderSchemas } from './schema.ts';

/** One resource or data source of a plan. What is unknown in it is an expression. */
export interface Planned {
  readonly address: string;
  readonly type: string;
  readonly body: JsonObject;
}

export interface Workplace {
  /** Runs Terraform; throws with what it said if it fails. */
  readonly run: (...args: readonly string[]) => string;
  readonly remove: () => void;
}

/** The file of infra/tests: variables with which every resource is planned, what data sources answer, and what must hold. */
export async function readPlanTest(): Promise<JsonObject> {
  return parseHcl('plan.tftest.hcl', readFileSync(new URL('tests/plan.tftest.hcl', infra), 'utf8'));
}

export function makeWorkplace(configuration: Configuration, schemas: ProviderSchemas, test: JsonObject): Workplace {
  const root = mkdtempSync(join(tmpdir(), 'plannable-'));
  const folder = join(root, 'infra');
  copyJson(root);
  const { mock_provider: answering, ...rest } = test;
  const write = (file: string, content: Json) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify(content));
  };
  write('main.tf.json', toPlannable(configuration, schemas, answersOf(answering)));
  write('tests/plan.tftest.json', toTestJson(rest));
  write('terraform.tfvars.json', Object.assign({}, ...listOf(test['variables'])));
  const run = (...args: readonly string[]) =>
    execFileSync('terraform', args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, CHECKPOINT_DISABLE: '1' },
      stdio: 'pipe',
    });
  run('init', '-input=false', '-no-color');
  return { run, remove: () => rmSync(root, { recursive: true }) };
}

/** What project.tf reads, at the places where it looks. */
function copyJson(root: string): void {
  const functions = new URL('../functions/', infra);
  const described = readdirSync(functions, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('/function.json'),
  );
  for (const file of described) cpSync(new URL(file, functions), join(root, 'functions', file));
  for (const file of readdirSync(infra).filter((name) => name.endsWith('.json')))
    cpSync(new URL(file, infra), join(root, 'infra', file));
}

/** `mock_provider "google" { mock_data "google_project" { defaults = … } }` → what a google_project answers. */
function answersOf(providers: Json | undefined): Answers {
  const types = labelled(providers).flatMap(([, provider]) => labelled(provider['mock_data']));
  return Object.fromEntries(types.flatMap(([type, { defaults }]) => listOf(defaults).map((answer) => [type, answer])));
}

/** Keywords and references stand in JSON without `${}`. */
function toTestJson(test: JsonObject): JsonObject {
  const plain = (text: Json) => String(text).replace(/^\$\{(.*)\}$/, '$1');
  const runs = labelled(test['run']).map(([name, run]) => {
    const failures = run['expect_failures'];
    const changed = {
      ...toPlannableExpressions(run),
      command: plain(run['command'] ?? 'plan'),
      ...(Array.isArray(failures) && { expect_failures: failures.map(plain) }),
    };
    return [name, changed];
  });
  return { ...test, run: Object.fromEntries(runs) };
}

/** Every instance that Terraform would make, with the values that it would ask for. */
export function planAll({ run }: Workplace): readonly Planned[] {
  run('plan', '-input=false', '-no-color', '-out=plan');
  const { resource_changes: changes } = JSON.parse(run('show', '-json', 'plan'));
  return changes.map(({ name, index, change }: Change) => {
    const type = addressOf(name).split('.').slice(0, -1).join('.');
    const key = index === undefined ? '' : `[${JSON.stringify(index)}]`;
    return {
      address: `${addressOf(name)}${key}`,
      type,
      body: withUnknown(change.after.input, change.after_unknown.input),
    };
  });
}

/** As `terraform show -json` writes it (Terraform documentation, "JSON Output Format"). */
interface Change {
  readonly name: string;
  readonly index?: string | number;
  readonly change: { readonly after: { readonly input: JsonObject }; readonly after_unknown: { readonly input: Json } };
}

/** Puts an expression wherever the second says that the value is not known yet. */
function withUnknown(value: JsonObject, unknown: Json | undefined): JsonObject {
  const marked = mark(value, unknown);
  return isObject(marked) ? marked : {};
}

function mark(value: Json | undefined, unknown: Json | undefined): Json {
  if (unknown === true) return '${unknown}';
  if (Array.isArray(unknown)) {
    const known = Array.isArray(value) ? value : [];
    return unknown.map((one, at) => mark(known[at], one));
  }
  if (!isObject(unknown)) return value ?? null;
  const known = isObject(value) ? value : {};
  const keys = [...new Set([...Object.keys(known), ...Object.keys(unknown)])];
  return Object.fromEntries(keys.map((key) => [key, mark(known[key], unknown[key])]));
}
