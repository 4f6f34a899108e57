import { readFileSync } from 'node:fs';
import { screenOf } from './screen.ts';
console.log(screenOf(readFileSync('/tmp/ts3.out', 'utf8').replace(/\u001b\[\d+m/g, '')).join('\n'));
