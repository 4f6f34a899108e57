/** Which gcloud answered, for the titles of suites: asked once, half a second. */
import { execFileSync } from 'node:child_process';
import { isJsonObject, parseJson } from '#shared/domain/json.ts';
import { isInstalled } from '../components.ts';

/** E.g. `gcloud 528.0.0`; without a version where it is not installed and nothing is run. */
export const gcloudName: string = isInstalled('gcloud') ? `gcloud ${sdkVersion()}` : 'gcloud';

function sdkVersion(): string {
  const said = parseJson(execFileSync('gcloud', ['version', '--format=json'], { encoding: 'utf8' }));
  const version = isJsonObject(said) ? said['Google Cloud SDK'] : undefined;
  if (typeof version !== 'string') throw new Error(`asking gcloud for its version: it said ${JSON.stringify(said)}`);
  return version;
}
