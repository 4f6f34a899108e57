import { isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * Where an observed object is not as wanted, comparing only what is wanted: fields that the server added or defaulted are not
 * differences. Each entry reads `path: wanted <a>, found <b>`; an empty list means equal.
 *
 * Numbers and decimal strings compare by their text, because int64 travels as a string (proto3 JSON). Resource links compare by
 * what both spell out: `demo-net-0` and `https://…/projects/demo/global/networks/demo-net-0` are the same network.
 */
export function differences(wanted: Json | undefined, found: Json | undefined, path = ''): readonly string[] {
  if (wanted === undefined) return [];
  if (Array.isArray(wanted)) return differencesOfLists(wanted, found, path);
  if (isJsonObject(wanted)) return differencesOfObjects(wanted, found, path);
  return isSameScalar(wanted, found) ? [] : [describe(path, wanted, found)];
}

function differencesOfObjects(wanted: JsonObject, found: Json | undefined, path: string): readonly string[] {
  if (!isJsonObject(found)) {
    // proto3 JSON leaves out what has its default value, so an absent object equals one that wants nothing but defaults.
    return Object.values(wanted).every(isDefault) ? [] : [describe(path, wanted, found)];
  }
  return Object.entries(wanted).flatMap(([key, value]) =>
    differences(value, found[key], path === '' ? key : `${path}.${key}`),
  );
}

function differencesOfLists(wanted: readonly Json[], found: Json | undefined, path: string): readonly string[] {
  if (found === undefined && wanted.length === 0) return [];
  if (!Array.isArray(found) || found.length !== wanted.length) return [describe(path, wanted, found)];
  return wanted.flatMap((value, index) => differences(value, found[index], `${path}[${index}]`));
}

function isSameScalar(wanted: Json, found: Json | undefined): boolean {
  if (found === undefined) return isDefault(wanted);
  if (wanted === found) return true;
  if (typeof wanted === 'number' && typeof found === 'string') return String(wanted) === found;
  if (typeof wanted === 'string' && typeof found === 'number') return wanted === String(found);
  return typeof wanted === 'string' && typeof found === 'string' && isSameLink(wanted, found);
}

/** `a/b/c` and `https://host/v1/x/a/b/c` name one resource; two texts without a slash are just compared. */
function isSameLink(a: string, b: string): boolean {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a];
  if (!longer.includes('/') || shorter === '') return false;
  return longer.endsWith(`/${shorter}`) || fromProject(longer) === fromProject(shorter);
}

function fromProject(link: string): string {
  const start = link.indexOf('projects/');
  return start < 0 ? link : link.slice(start);
}

function isDefault(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === false ||
    value === 0 ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

function describe(path: string, wanted: Json, found: Json | undefined): string {
  return `${path}: wanted ${JSON.stringify(wanted)}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}`;
}

/** The value at a path such as `networkConfig.datapathProvider`; undefined if any part of it is missing. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let current = value;
  for (const key of path.split('.')) {
    if (!isJsonObject(current)) return undefined;
    current = current[key];
  }
  return current;
}

/** The text at a path; undefined where there is none. */
export function textAt(value: Json | undefined, path: string): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' ? found : undefined;
}

/** The number at a path; undefined where there is none. An int64, which travels as text (proto3 JSON), is none: its reader converts it. */
export function numberAt(value: Json | undefined, path: string): number | undefined {
  const found = at(value, path);
  return typeof found === 'number' ? found : undefined;
}

/** Unix ms of the RFC 3339 time at a path; undefined where there is none, or it is no time. */
export function instantMsAt(value: Json | undefined, path: string): number | undefined {
  const parsedMs = Date.parse(textAt(value, path) ?? '');
  return Number.isNaN(parsedMs) ? undefined : parsedMs;
}

/** The list at a path; empty where there is none: what is empty is left out of proto3 JSON and of Kubernetes objects alike. */
export function listAt(value: Json | undefined, path: string): readonly Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The object at a path; empty where there is none. For maps whose keys contain dots, which no path addresses: labels, resources. */
export function objectAt(value: Json | undefined, path: string): JsonObject {
  const found = at(value, path);
  return isJsonObject(found) ? found : {};
}

/** The object restricted to the given paths: what one side of a comparison owns. */
export function pick(value: JsonObject, paths: readonly string[]): JsonObject {
  return Object.fromEntries(
    paths.flatMap((path) => {
      const found = at(value, path);
      return found === undefined ? [] : [[path, found]];
    }),
  );
}
