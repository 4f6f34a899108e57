import { describe, expect, it } from 'vitest';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { nameOf, objectsOf, one, pickerOf } from './gateway-objects.ts';

describe('an endpoint picker', () => {
  it.each([
    { replicas: 1, services: ['inference-extension', 'inference-extension'], elects: false },
    { replicas: 2, services: ['liveness', 'readiness'], elects: true },
  ])('of $replicas is replaced at once, and ready where it picks', ({ replicas, services, elects }) => {
    const objects = objectsOf({ endpointPicker: { replicas } });

    const { strategy, template } = pickerOf(objects);
    const [container] = template.spec!.containers;
    expect(strategy).toEqual({ type: 'Recreate' });
    expect([container?.livenessProbe?.grpc?.service, container?.readinessProbe?.grpc?.service]).toEqual(services);
    expect(container?.args?.includes('--ha-enable-leader-election')).toBe(elects);
    expect(JSON.stringify(one(objects, 'Role/demo-epp')).includes('leases')).toBe(elects);
  });

  it.each([
    { drainSeconds: 0, graceSeconds: 45 },
    { drainSeconds: 600, graceSeconds: 630 },
  ])('gets $graceSeconds s to end beside pods that drain for $drainSeconds s', ({ drainSeconds, graceSeconds }) => {
    const { template } = pickerOf(objectsOf({}, { safety: { drainSeconds } }));

    expect(template.spec?.terminationGracePeriodSeconds).toBe(graceSeconds);
  });

  it.each([
    { service: 'demo-epp', port: 9002, appProtocol: 'kubernetes.io/h2c', what: 'in plain text' },
    { service: 'demo-model-router', port: 9004, appProtocol: 'HTTP2', what: 'with TLS' },
  ])('and a model router are called by HTTP/2: $service $what', ({ service, port, appProtocol }) => {
    const objects = objectsOf({ route: { byModel: true } });

    expect(one(objects, `Service/${service}`)).toMatchObject({
      spec: { ports: expect.arrayContaining([expect.objectContaining({ port, appProtocol })]) as unknown },
    });
  });

  it('gets other pods when its configuration changes', () => {
    const [before, same, after] = [{}, {}, { flowControl: {} }].map(
      (spec) => pickerOf(objectsOf(spec)).template.metadata?.annotations,
    );

    expect(same).toEqual(before);
    expect(after).not.toEqual(before);
  });

  it('asks for tokens of its readers only where that is wanted', () => {
    const [open, closed] = [false, true].map((metricsAuth) => objectsOf({ endpointPicker: { metricsAuth } }));

    const argumentsOf = (objects: readonly Applied[]) => pickerOf(objects).template.spec?.containers[0]?.args;
    const clusterWide = ['ClusterRole/serving.demo-epp', 'ClusterRoleBinding/serving.demo-epp'];
    expect(argumentsOf(open!)).toContain('--metrics-endpoint-auth=false');
    expect(open!.map(nameOf).filter((name) => clusterWide.includes(name))).toEqual([]);
    expect(argumentsOf(closed!)).not.toContain('--metrics-endpoint-auth=false');
    expect(closed!.map(nameOf)).toEqual(expect.arrayContaining(clusterWide));
  });

  it.each([
    { scoring: 'load-aware', beside: [] },
    { scoring: 'precise-prefix', beside: ['docker.io/vllm/vllm-openai-cpu:v0.29.0'] },
    {
      scoring: 'predicted-latency',
      beside: [
        'ghcr.io/llm-d/llm-d-latency-predictor-training-server:0.9.0',
        'ghcr.io/llm-d/llm-d-latency-predictor-prediction-server:0.9.0',
      ],
    },
  ] as const)('has $beside beside it for $scoring', ({ scoring, beside }) => {
    const { template } = pickerOf(objectsOf({ scoring }, { engine: { version: '0.29.0' } }));

    expect(template.spec?.containers.slice(1).map(({ image }) => image)).toEqual(beside);
  });
});
