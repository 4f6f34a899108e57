/**
 * One server that learns from finished requests how long they took, and one that predicts by it (llm-d/llm-d-router
 * config/charts/routerlib/templates/_latency-predictor.tpl, with the values of its values.yaml).
 */
import type { V1Container, V1EnvVar } from '@kubernetes/client-node';
import { imageOf, servingImages } from '../../catalogue/serving-images.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import type { Sidecars } from './sidecars.ts';

const TRAINING_PORT = 8000;
const PREDICTION_PORT = 8001;
const TRAINING_URL = `http://localhost:${TRAINING_PORT}`;

/** Each server has a folder of its own: the model is handed over by HTTP, not by a file. */
export function latencyPredictor(): Sidecars {
  return {
    containers: [trainingServer(), predictionServer()],
    volumes: [
      { name: 'training', emptyDir: { sizeLimit: '20Gi' } },
      { name: 'prediction', emptyDir: { sizeLimit: '10Gi' } },
    ],
    env: variables({
      PREDICTION_SERVER_URL: `http://localhost:${PREDICTION_PORT}`,
      TRAINING_SERVER_URL: TRAINING_URL,
      LATENCY_MAX_SAMPLE_SIZE: '10000',
      LATENCY_MAX_CONCURRENT_DISPATCHES: '36',
      LATENCY_COALESCE_WINDOW_MS: '1',
    }),
  };
}

/** Learns anew every 10 s from at least 100 requests. A first model takes it some time, so readiness is asked late. */
function trainingServer(): Wire<V1Container> {
  return {
    name: 'training-server',
    image: imageOf(servingImages.latencyTraining),
    env: variables({
      SERVER_TYPE: 'training',
      LATENCY_RETRAINING_INTERVAL_SEC: '10',
      LATENCY_MIN_SAMPLES_FOR_RETRAIN: '100',
      LATENCY_MAX_TRAINING_DATA_SIZE_PER_BUCKET: '500',
      LATENCY_MODEL_TYPE: 'xgboost',
      LATENCY_OBJECTIVE_TYPE: 'mean',
      ...modelFiles('LATENCY', '/models'),
    }),
    ports: [{ name: 'training', containerPort: TRAINING_PORT }],
    livenessProbe: { httpGet: { path: '/healthz', port: 'training' }, initialDelaySeconds: 30, periodSeconds: 20 },
    readinessProbe: { httpGet: { path: '/readyz', port: 'training' }, initialDelaySeconds: 45, periodSeconds: 10 },
    resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { cpu: '4', memory: '8Gi' } },
    volumeMounts: [{ name: 'training', mountPath: '/models' }],
  };
}

/** Ready with its first model, which it fetches from the other. */
function predictionServer(): Wire<V1Container> {
  const app = 'llm_d_latency_predictor.prediction_server:app';
  return {
    name: 'prediction-server',
    image: imageOf(servingImages.latencyPrediction),
    command: ['uvicorn'],
    args: [app, '--host=0.0.0.0', `--port=${PREDICTION_PORT}`],
    env: variables({
      SERVER_TYPE: 'prediction-1',
      TRAINING_SERVER_URL: TRAINING_URL,
      PREDICT_PORT: String(PREDICTION_PORT),
      MODEL_SYNC_INTERVAL_SEC: '30',
      UVICORN_WORKERS: '28',
      OMP_NUM_THREADS: '1',
      LATENCY_MODEL_TYPE: 'xgboost',
      LATENCY_OBJECTIVE_TYPE: 'mean',
      ...modelFiles('LOCAL', '/server_models'),
    }),
    ports: [{ name: 'prediction', containerPort: PREDICTION_PORT }],
    livenessProbe: { ...probe('/healthz'), initialDelaySeconds: 15, periodSeconds: 15, failureThreshold: 5 },
    readinessProbe: { ...probe('/readyz'), initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 30 },
    resources: { requests: { cpu: '8', memory: '4Gi' }, limits: { cpu: '28', memory: '8Gi' } },
    volumeMounts: [{ name: 'prediction', mountPath: '/server_models' }],
  };
}

function probe(path: string) {
  return { httpGet: { path, port: 'prediction' }, timeoutSeconds: 5 } as const;
}

/** Both servers call the files alike, under a prefix of their own. */
function modelFiles(prefix: string, folder: string): { readonly [name: string]: string } {
  return {
    [`${prefix}_TTFT_MODEL_PATH`]: `${folder}/ttft.joblib`,
    [`${prefix}_TPOT_MODEL_PATH`]: `${folder}/tpot.joblib`,
    [`${prefix}_TTFT_SCALER_PATH`]: `${folder}/ttft_scaler.joblib`,
    [`${prefix}_TPOT_SCALER_PATH`]: `${folder}/tpot_scaler.joblib`,
  };
}

/** All values are text. */
function variables(values: { readonly [name: string]: string }): readonly Wire<V1EnvVar>[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
