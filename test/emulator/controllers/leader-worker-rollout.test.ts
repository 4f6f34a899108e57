import { describe, expect, it } from 'vitest';
import {
  type GroupRollout,
  type GroupState,
  nextGroupSizes,
} from '../../../emulator/controllers/leader-worker-rollout.ts';

const old: GroupState = { ready: true, updated: false };
const done: GroupState = { ready: true, updated: true };
const coming: GroupState = { ready: false, updated: true };

const at = (over: Partial<GroupRollout>) =>
  nextGroupSizes({
    wanted: 3,
    maxSurge: 0,
    maxUnavailable: 1,
    lowestIndex: 0,
    set: { replicas: 3, partition: 3, wantedBefore: 3, isCurrent: true },
    groups: [old, old, old],
    ...over,
  });
const set = (replicas: number, partition: number, over = {}) => ({
  replicas,
  partition,
  wantedBefore: 3,
  isCurrent: true,
  ...over,
});

describe('the rolling update of groups', () => {
  it.each([
    {
      name: 'holds all groups when the template changes',
      over: { set: set(3, 0, { isCurrent: false }) },
      sizes: [3, 3],
    },
    { name: 'starts with the highest', over: {}, sizes: [3, 2] },
    { name: 'waits for the one in flight', over: { set: set(3, 2), groups: [old, old, coming] }, sizes: [3, 2] },
    { name: 'goes on when it is ready', over: { set: set(3, 2), groups: [old, old, done] }, sizes: [3, 1] },
    { name: 'is finished', over: { set: set(3, 0), groups: [done, done, done] }, sizes: [3, 0] },
    {
      name: 'adds a surge group first',
      over: { maxSurge: 1, maxUnavailable: 0, set: set(3, 0, { isCurrent: false }) },
      sizes: [4, 3],
    },
    {
      name: 'keeps the old ones until the surge group is ready',
      over: { maxSurge: 1, maxUnavailable: 0, set: set(4, 3), groups: [old, old, old, coming] },
      sizes: [4, 3],
    },
    {
      name: 'then takes the highest old one',
      over: { maxSurge: 1, maxUnavailable: 0, set: set(4, 3), groups: [old, old, old, done] },
      sizes: [4, 2],
    },
    {
      name: 'stops at the partition that is asked for',
      over: { lowestIndex: 2, set: set(3, 2), groups: [old, old, done] },
      sizes: [3, 2],
    },
    {
      name: 'goes back through what does not serve, after a rollback',
      over: { set: set(3, 3), groups: [done, done, { ready: false, updated: false }] },
      sizes: [3, 0],
    },
    {
      name: 'scales up in mid-rollout without going on',
      over: { wanted: 5, set: set(3, 1), groups: [old, coming, done] },
      sizes: [5, 1],
    },
    {
      name: 'scales down in mid-rollout',
      over: { wanted: 2, set: set(5, 3, { wantedBefore: 5 }), groups: [old, old, old, coming, done] },
      sizes: [2, 2],
    },
  ])('$name', ({ over, sizes: [replicas, partition] }) => {
    expect(at(over)).toEqual({ replicas, partition });
  });
});
