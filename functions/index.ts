/** Registers every function with functions-framework. */
import { http } from '@google-cloud/functions-framework';
import { toHttpFunction } from './door.ts';
import { doors } from './doors.ts';
import { startRuntime } from './runtime.ts';

for (const [name, load] of Object.entries(doors)) http(name, toHttpFunction(load, startRuntime));
