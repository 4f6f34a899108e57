import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';

const entry = new URL('../../functions/server.ts', import.meta.url).pathname;

it('names every missing variable in one line when it is started without a configuration', async () => {
  const ended = await new Promise((resolve) =>
    execFile(process.execPath, [entry], { env: {} }, (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    ),
  );

  const missing = ['PROJECT', 'REGION', 'FUNCTION_URL', 'LEDGER', 'INVOKER'].map(
    (key) => `FLEET_${key}=(unset): must be set`,
  );
  expect(ended).toEqual({
    code: 1,
    stdout: '',
    stderr: `functions/server.ts: reading the configuration: ${missing.join('; ')}\n`,
  });
});
