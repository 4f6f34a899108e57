/**
 * Each NIC by itself and all together, between two nodes. The first pod tests, over SSH, and tells the second how it ended: a pod that
 * ended by itself would take its half of the connection along.
 */
import type { FabricFigures } from '../../catalogue/fabric-figures.ts';
import { LEAST_NIC_RATIO } from '../../catalogue/fabric-figures.ts';
import { GIB_FOLDER } from '../rdma/host-paths.ts';

export interface NetworkTest {
  /** Names of the two pods. */
  readonly hosts: readonly [string, string];
  readonly gpusPerNode: number;
  readonly nicsPerNode: number;
  readonly figures: FabricFigures;
}

/** 1 MiB: large enough that the message rate does not matter. */
const NIC_MESSAGE_BYTES = 1_048_576;
/** The largest of `-b 1K -e 8G`; smaller ones measure latency, and an average of all measures nothing. */
const ALL_GATHER_BYTES = 8 * 1024 ** 3;

export function networkScript(test: NetworkTest): string {
  const [first, second] = test.hosts;
  return [
    'set -uo pipefail',
    `first=${first} second=${second}`,
    // LogLevel: else each connection writes that it has learnt a host key.
    'remote="ssh -p 222 -o StrictHostKeyChecking=no -o LogLevel=ERROR -o ConnectTimeout=5"',
    '/sbin/ldconfig',
    '/scripts/container_entry.sh daemon &',
    ...nicCommand,
    ...waiting,
    ...judging,
    ...nicTests(test),
    ...allGather(test),
    'exit $((failures > 0))',
  ].join('\n');
}

/** On both pods: `/tmp/write-bw mlx5_0` waits, `/tmp/write-bw mlx5_0 HOST` writes. By the address of RoCE v2 that is one of IPv4. */
const nicCommand = [
  "cat > /tmp/write-bw <<'END'",
  '#!/bin/bash',
  'device=$1; shift',
  'port=/sys/class/infiniband/$device/ports/1',
  'for gid in $(ls "$port/gids" | sort -n); do',
  '  [ "$(cat "$port/gid_attrs/types/$gid" 2> /dev/null)" = "RoCE v2" ] || continue',
  '  grep -q "^0000:0000:0000:0000:0000:ffff:" "$port/gids/$gid" && break',
  'done',
  `exec timeout 60 ib_write_bw -d "$device" -x "$gid" -s ${NIC_MESSAGE_BYTES} -q 4 -D 10 -F --report_gbits "$@"`,
  'END',
  'chmod +x /tmp/write-bw',
  // With the providers: the tools are there without them, and find no device.
  'command -v ib_write_bw > /dev/null || (apt-get update && apt-get install --yes perftest ibverbs-providers) > /tmp/install.log 2>&1',
  'touch /tmp/prepared',
];

const waiting = [
  'if [ "$JOB_COMPLETION_INDEX" != 0 ]; then',
  '  until [ -f /tmp/verdict ]; do sleep 2; done',
  '  exit "$(cat /tmp/verdict)"',
  'fi',
  'until $remote "$second" test -f /tmp/prepared && $remote "$first" true; do echo "waiting for $second"; sleep 5; done',
  // However this one ends: the other one waits for it.
  'trap \'code=$?; $remote "$second" "echo $code > /tmp/verdict"\' EXIT',
];

const judging = [
  'failures=0',
  // What was not measured is no success.
  'judge() {',
  `  if awk -v found="$2" -v least="$3" 'BEGIN { exit !(found != "" && found + 0 >= least) }'; then echo "ok    $1: $2 (at least $3)"; return; fi`,
  '  echo "FAIL  $1: ${2:-nothing}, at least $3"',
  '  failures=$((failures + 1))',
  '}',
];

/** Both ways: a cable or an optic may be bad in one. Column 4 is the average. */
function nicTests({ figures, nicsPerNode }: NetworkTest): readonly string[] {
  const least = Math.floor(figures.nicGbps * LEAST_NIC_RATIO);
  return [
    'measure() {',
    '  $remote "$2" /tmp/write-bw "$1" > /dev/null 2>&1 &',
    '  local server=$!',
    '  sleep 3',
    `  $remote "$3" /tmp/write-bw "$1" "$2" | awk '$1 == ${NIC_MESSAGE_BYTES} { print $4 }'`,
    '  wait "$server"',
    '}',
    `judge "RDMA devices" "$(ls /sys/class/infiniband | wc -l)" ${nicsPerNode}`,
    'for device in $(ls /sys/class/infiniband); do',
    `  judge "$device, first to second, Gb/s" "$(measure "$device" "$second" "$first")" ${least}`,
    `  judge "$device, second to first, Gb/s" "$(measure "$device" "$first" "$second")" ${least}`,
    'done',
  ];
}

/**
 * All GPUs of both nodes, by the flags of the source of the figures, so that they can be compared. Columns 8 and 9: bus bandwidth out of
 * place, and results that are wrong.
 */
function allGather({ gpusPerNode, figures }: NetworkTest): readonly string[] {
  const row = (column: number) => `$(awk '$1 == ${ALL_GATHER_BYTES} { print $${column} }' /tmp/all-gather.log)`;
  return [
    `printf '%s port=222 slots=${gpusPerNode}\\n' "$first" "$second" > /tmp/hosts`,
    'export NCCL_TESTS_SPLIT_MASK=0x0 NCCL_NET=gIB OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1',
    // It may read what is not set.
    'set +u',
    `source ${GIB_FOLDER}/scripts/set_nccl_env.sh`,
    'mpirun --hostfile /tmp/hosts $(printf -- "-x %s " ${!NCCL*} ${!OMPI*} LD_LIBRARY_PATH PATH) \\',
    '  --mca plm_rsh_no_tree_spawn 1 --mca orte_keep_fqdn_hostnames 1 --mca btl self,tcp --mca btl_tcp_if_include eth0 \\',
    '  --mca plm_rsh_agent "$remote" --bind-to none \\',
    '  /third_party/nccl-tests/build/all_gather_perf -b 1K -e 8G -f 2 -g 1 -w 5 --iters 100 -c 1 | tee /tmp/all-gather.log',
    `judge "all_gather of 8 GiB, GB/s of the bus" "${row(8)}" ${figures.leastAllGatherGbytesPerSecond}`,
    `wrong=${row(9)}`,
    'if [ "$wrong" != 0 ]; then echo "FAIL  all_gather: ${wrong:-unknown} wrong results"; failures=$((failures + 1)); fi',
  ];
}
