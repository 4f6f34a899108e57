/**
 * Alerts on broken GPUs, from a DCGM exporter of the owner's. GKE's own, which our clusters switch on (component `DCGM`), reports how busy,
 * hot and full GPUs are and neither XID nor memory errors (Google Cloud documentation, "Collect and view DCGM metrics").
 */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { RuleGroup } from '../../kubernetes/managed-prometheus.ts';
import { alertOf, type AlertWords } from './alert.ts';
import { increase, select } from './promql.ts';

/** NVIDIA/dcgm-exporter etc/default-counters.csv; the second has to be taken out of comment there. */
const dcgm = {
  lastXid: 'DCGM_FI_DEV_XID_ERRORS',
  doubleBitErrors: 'DCGM_FI_DEV_ECC_DBE_VOL_TOTAL',
  remappedRows: 'DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS',
  remapFailed: 'DCGM_FI_DEV_ROW_REMAP_FAILURE',
} as const;

/**
 * Errors of what runs on the GPU, not of the GPU (NVIDIA documentation, "XID Errors": 13 exception of the engine, 31 page fault, 43 stopped
 * channel, 45 cleanup after another one).
 */
const XID_OF_APPLICATIONS = [13, 31, 43, 45];

export function gpuRules(stack: Stack): RuleGroup {
  return {
    name: `${stack.name}-gpus`,
    interval: '1m',
    rules: [xid(), memory(), remapping()].map((words) => alertOf(stack, words)),
  };
}

/** The exporter keeps the last one until it restarts, so the alert stays until somebody has looked. */
function xid(): AlertWords {
  const last = select(dcgm.lastXid, {}).promql;
  return {
    name: 'GpuXidError',
    severity: 'critical',
    expr: [`${last} > 0`, ...XID_OF_APPLICATIONS.map(String)].join(' != '),
    minutes: 1,
    summary: 'a GPU reports an error of its own (XID)',
    look: 'the number in the list of XID errors; most ask for a reset, so cordon the node and have it repaired',
  };
}

function memory(): AlertWords {
  return {
    name: 'GpuMemoryError',
    severity: 'critical',
    expr: [dcgm.doubleBitErrors, dcgm.remappedRows]
      .map((counter) => `${increase(counter, {}, '1h').promql} > 0`)
      .join(' or '),
    minutes: 1,
    summary: 'the memory of a GPU had an error that it could not correct',
    look: 'whether a row waits to be remapped (nvidia-smi -q), which a reset of the GPU does',
  };
}

function remapping(): AlertWords {
  return {
    name: 'GpuRowRemapFailed',
    severity: 'critical',
    expr: `${select(dcgm.remapFailed, {}).promql} > 0`,
    minutes: 1,
    summary: 'a GPU has no spare rows of memory left',
    look: 'the node, and have it repaired: the GPU has to be replaced',
  };
}
