/** Bucket edges, seconds, as the programs have them. */

/** vllm-project/vllm vllm/v1/metrics/loggers.py. */
export const vllmBuckets = {
  timeToFirstToken: [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
  ],
  interTokenLatency: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80],
  /** Whole requests and their time in the queue; a queue time below 0.3 s cannot be told from none. */
  requestLatency: [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680],
} as const;

/** llm-d/llm-d-router pkg/epp/metrics: `request_ttft_seconds` and `request_duration_seconds`. */
export const endpointPickerBuckets = {
  timeToFirstToken: [
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 120,
  ],
  requestDuration: [
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 120, 180, 240,
    300, 360, 480, 600, 900, 1200, 1800, 2700, 3600,
  ],
} as const;
