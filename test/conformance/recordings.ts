/**
 * Where recordings of real software lie, which are not part of this repository: in the folder that `FLEET_GOLDEN_DIR` names, or else
 * in a folder `golden` one level down in a neighbour of this checkout.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const checkout = new URL('../../', import.meta.url).pathname;

/** A folder that is named must hold what is asked for: a wrong name fails where it is read, and is not a skip. */
export function recordingsFolder(file: string): string | undefined {
  return process.env['FLEET_GOLDEN_DIR'] ?? besideThis().find((folder) => existsSync(join(folder, file)));
}

function besideThis(): readonly string[] {
  const parent = join(checkout, '..');
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(parent, name, 'golden'));
}

/** The custom resource definitions lie in a folder `crds` beside the recordings. */
export function definitionsFolder(file: string): string | undefined {
  const recordings = recordingsFolder('kubernetes/README.md');
  const folder = recordings === undefined ? undefined : join(recordings, '..', 'crds');
  return folder !== undefined && existsSync(join(folder, file)) ? folder : undefined;
}
