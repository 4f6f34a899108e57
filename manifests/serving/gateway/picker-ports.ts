/** llm-d/llm-d-router config/charts/routerlib/templates/_deployment.yaml. GKE checks the picker's health on 9003 without being told. */
export const PICKER_PORTS = { grpc: 9002, health: 9003, metrics: 9090 } as const;
