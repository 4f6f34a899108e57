import { describe, expect, it } from 'vitest';
import { renderLine, renderLines } from '../../../../functions/cli/text/line.ts';
import { targetFrame, unknownTargetFrame } from '../../../../functions/cli/views/frame.ts';
import { at, building, busy, failed, makeProgress, makeTarget, ready, step } from '../make-target.ts';

const frame = (progress: typeof building, rows = 40) =>
  renderLines(targetFrame(makeTarget(progress), rows), { isColoured: false });

describe('the live view', () => {
  it('of a build counts what is done, times what runs and says what the rest waits for', () => {
    expect(frame(building)).toBe(`\
cluster/demo  building  6 of 12 steps  1m00s
  why   waiting for subnet demo-rdma-sub-0, subnet demo-rdma-sub-1
  next  then cluster demo

  ✓ checks before anything is created
  ✓ network (3)                            30s
  ✓ subnet (2 of 4)                        30s
  ● subnet demo-rdma-sub-0                 25s  operation op-7 runs
  ● subnet demo-rdma-sub-1                  2s  starting
  ○ cluster demo                                needs subnet demo-rdma-sub-0, subnet demo-rdma-sub-1
  ○ objects (2)                                 needs cluster demo
  ○ GPU pool h200                               needs cluster demo, node networks

  +0s        document 1 accepted
  +2s        checks before anything is created: found as wanted
  +2s        building: starting network demo-net-0, network demo-net-1, network demo-rdma
  +22s       network demo-net-0: done
  +36s       subnet demo-rdma-sub-0: under way: op-7
`);
  });

  it('of a wait says whose operation it is for, and shows the newest history', () => {
    expect(frame(busy)).toBe(`\
cluster/demo  building  7 of 9 steps  28m20s
  why   GPU pool h200: busy: UPGRADE_MASTER (operation-9) runs on the cluster
  next  then the build stands

  ✓ checks before anything is created
  ✓ network (3)                            30s
  ✓ subnet demo-rdma-sub-0                 26s
  ✓ cluster demo                        26m00s
  ✓ node networks                          10s
  ○ GPU pool h200                               busy: UPGRADE_MASTER (operation-9) runs on the cluster
  ○ nodes, GPUs and RDMA networks               needs GPU pool h200

  +0s        document 1 accepted
  +2s        checks before anything is created: found as wanted
  +2s        building: starting network demo-net-0, network demo-net-1, network demo-rdma
  +22s       network demo-net-0: done
  +36s       subnet demo-rdma-sub-0: under way: op-7
  +27m10s    cluster demo: done
`);
  });

  it('of a failure shows every problem and when a refused step is tried again', () => {
    expect(frame(failed)).toBe(`\
cluster/demo  failed  1 of 4 steps  1m30s
  why   checks before anything is created: pool h200: wrong zone
        price unknown (and 1 more)
  next  a person changes the document or the world; then the build goes on by itself

  ✓ network (1 of 3)                       30s
  ✗ checks before anything is created           pool h200: wrong zone
                                                price unknown
  ✗ network demo-net-0                          network demo-net-0 exists and is not ours
  ○ network demo-net-1                          no quota; next try in 10m00s

  +0s        document 1 accepted
  +1m30s     checks before anything is created: failed: pool h200: wrong zone (and 1 more)
`);
  });

  it('of what nobody looks at any more says so below why', () => {
    const target = makeTarget(ready, { nextCheck: 5_525 });
    const automations = target.automations.map((row) => ({ ...row, overdueSeconds: 126_000 }));

    const lines = targetFrame({ ...target, automations }, 40).map((line) => renderLine(line, { isColoured: false }));

    expect(lines[2]).toMatch(/^ {8}overdue since 2026-08-10 13:32:05Z, by 1d11h: nobody has looked; check /);
  });

  it('of what is ready stops its time where it became ready', () => {
    expect(frame(ready)).toBe(`\
cluster/demo  ready  9 of 9 steps  1h12m05s
  why   every node, GPU and RDMA network asked for is there
  next  a look every 10 minutes

  ✓ checks before anything is created
  ✓ network (3)                            30s
  ✓ subnet demo-rdma-sub-0                 26s
  ✓ cluster demo                        26m00s
  ✓ node networks                          10s
  ✓ GPU pool h200                       36m20s
  ✓ nodes, GPUs and RDMA networks

  +2s        checks before anything is created: found as wanted
  +2s        building: starting network demo-net-0, network demo-net-1, network demo-rdma
  +22s       network demo-net-0: done
  +36s       subnet demo-rdma-sub-0: under way: op-7
  +27m10s    cluster demo: done
  +1h12m05s  ready: every node, GPU and RDMA network asked for is there
`);
  });

  it('begins before anybody has looked', () => {
    const lines = targetFrame(makeTarget(), 40);

    expect(renderLines(lines, { isColoured: false })).toBe(`\
cluster/demo  pending
  why   woken, not yet looked at
  next  a first look at the world
`);
    expect(renderLines(unknownTargetFrame('cluster/demo'), { isColoured: false })).toBe(
      'cluster/demo  not known yet, waiting for the message to be accepted\n',
    );
  });

  it.each([
    { rows: 40, lines: 18 },
    { rows: 15, lines: 15 },
    // 12 lines of head and steps: no room for an empty line and an entry.
    { rows: 13, lines: 12 },
    { rows: 8, lines: 8 },
    { rows: 1, lines: 1 },
  ])('uses $lines of $rows rows', ({ rows, lines }) => {
    expect(targetFrame(makeTarget(building), rows)).toHaveLength(lines);
  });

  it('says how much does not fit', () => {
    expect(frame(building, 8)).toContain('\n  ✓ subnet (2 of 4)                        30s\n  … 5 more lines\n');
  });

  it('leaves out what happened before the present document', () => {
    const updated = { ...building, startedAtMs: at(30) };

    expect(frame(updated)).not.toContain('document 1 accepted');
    expect(frame(updated)).toContain('+6s        subnet demo-rdma-sub-0: under way: op-7');
  });

  it.each([
    {
      name: 'apart',
      spans: [
        [0, 10],
        [100, 105],
      ],
      text: '15s',
    },
    {
      name: 'overlapping',
      spans: [
        [15, 30],
        [0, 20],
      ],
      text: '30s',
    },
    {
      name: 'one within the other',
      spans: [
        [0, 60],
        [10, 20],
      ],
      text: '1m00s',
    },
  ])('adds up the time that a group was worked on: $name', ({ spans, text }) => {
    const steps = Object.fromEntries(
      spans.map(([from = 0, to = 0], index) => [`objects/${index}`, step(`object ${index}`, 'done', { from, to })]),
    );

    expect(frame(makeProgress({ phase: 'building', reason: 'r', looked: 200, steps }))).toMatch(
      new RegExp(`✓ objects \\(2\\) +${text}\n`),
    );
  });

  it('names its automations when there are several', () => {
    const scaling = makeProgress({
      phase: 'ready',
      reason: 'settled',
      looked: 50,
      steps: { size: step('size of h200', 'done') },
    });
    const target = makeTarget(building);
    const row = { ...target.automations[0]!, automation: 'scale-node-pool', phase: 'ready' };
    const both = {
      ...target,
      automations: [row, ...target.automations],
      details: [building, { ...scaling, automation: 'scale-node-pool' }],
    };

    const text = renderLines(targetFrame(both, 40), { isColoured: false });

    expect(text).toContain('cluster/demo  building  12 of 24 steps  1m00s\n');
    expect(text).toContain('\n\n  build-cluster\n  ✓ checks');
    expect(text).toContain('\n\n  scale-node-pool\n  ✓ size of h200\n');
  });
});
