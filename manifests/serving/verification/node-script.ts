/** What a node must be before it may serve. Every line of the log says what was found and what was expected; any difference fails the pod. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { hasRdma } from '../../../shared/domain/serving/verification-defaults.ts';
import { fabricFigures } from '../../catalogue/fabric-figures.ts';

export function nodeScript(stack: Stack): string {
  const nics = hasRdma(stack) ? nicLines(stack) : [];
  return [...opening, ...gpuLines(stack), ...nics, 'echo "$failures differences"', 'exit $((failures > 0))'].join('\n');
}

const opening = [
  'set -uo pipefail',
  'failures=0',
  'check() {',
  '  if [ "$2" = "$3" ]; then echo "ok    $1: $2"; return; fi',
  '  echo "FAIL  $1: ${2:-nothing}, expected $3"',
  '  failures=$((failures + 1))',
  '}',
  'echo "node $NODE_NAME"',
];

/** Errors since the driver was loaded: those of before have been mended by remapping, or show as such. */
function gpuLines({ machine: { gpuCount } }: Stack): readonly string[] {
  return [
    'smi=/usr/local/nvidia/bin/nvidia-smi',
    '"$smi" -q -x > /tmp/gpus.xml',
    'check "nvidia-smi" "$?" 0',
    `check "GPUs" "$(grep -c '<gpu id=' /tmp/gpus.xml)" ${gpuCount}`,
    `echo "      driver $(grep -m 1 -o '<driver_version>[^<]*' /tmp/gpus.xml | cut -d '>' -f 2)"`,
    'while IFS=, read -r gpu errors; do',
    '  check "GPU $gpu: memory errors that were not corrected" "$errors" 0',
    'done < <("$smi" --query-gpu=index,ecc.errors.uncorrected.volatile.total --format=csv,noheader,nounits | tr -d " ")',
    `check "GPUs with a row of memory to remap" "$(grep -c '<remapped_row_pending>Yes' /tmp/gpus.xml)" 0`,
    `check "GPUs without spare rows" "$(grep -c '<remapped_row_failure>Yes' /tmp/gpus.xml)" 0`,
  ];
}

/** `state` reads `4: ACTIVE`, `rate` `400 Gb/sec (4X NDR)` (Linux documentation, sysfs-class-infiniband). */
function nicLines({ machine, rdma, spec }: Stack): readonly string[] {
  const { gvnic, rdma: nics } = machine.nics;
  const figures = fabricFigures[machine.machineType];
  const addresses = 1 + nics + (spec.hardware.gvnic === true ? gvnic : 0);
  return [
    `check "RDMA devices" "$(ls /sys/class/infiniband | wc -l)" ${nics}`,
    'for path in /sys/class/infiniband/*; do',
    '  device=$(basename "$path")',
    '  check "$device: state" "$(cut -d " " -f 2 "$path/ports/1/state")" ACTIVE',
    ...(figures === undefined
      ? []
      : [`  check "$device: Gb/s" "$(cut -d " " -f 1 "$path/ports/1/rate")" ${figures.nicGbps}`]),
    // RoCE has packets of 4,096 bytes or less; less is half the speed and looks like a bad link.
    '  if command -v ibv_devinfo > /dev/null; then',
    `    check "$device: bytes of a packet" "$(ibv_devinfo -d "$device" | awk '$1 == "active_mtu:" { print $2 }')" 4096`,
    '  else',
    '    echo "      $device: bytes of a packet not known, the image has no ibv_devinfo"',
    '  fi',
    'done',
    ...(rdma === 'multi-network' ? [`check "addresses of the pod" "$(hostname -I | wc -w)" ${addresses}`] : []),
  ];
}
