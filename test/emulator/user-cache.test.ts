import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { userCacheFolder } from '../../emulator/user-cache.ts';

it.each([
  { name: 'is where the variable says', env: { XDG_CACHE_HOME: '/cache' }, folder: '/cache/inference-fleet/x' },
  { name: 'is in the home folder', env: {}, folder: join(homedir(), '.cache/inference-fleet/x') },
  {
    name: 'is in the home folder where the variable is empty',
    env: { XDG_CACHE_HOME: '' },
    folder: join(homedir(), '.cache/inference-fleet/x'),
  },
])('$name', ({ env, folder }) => {
  expect(userCacheFolder('x', env)).toBe(folder);
});
