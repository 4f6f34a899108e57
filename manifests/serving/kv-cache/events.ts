/** Each pod tells which blocks it holds, so that the endpoint picker knows and need not guess (llm-d/llm-d guides/precise-prefix-cache-routing). */
import { KV_EVENTS_PORT } from '../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Contributor } from '../pod/contribution.ts';
import { answers } from '../pod/model-server.ts';

export const kvEvents: Contributor = (stack, role, position) => {
  if (stack.spec.kvCache?.events !== true) return {};
  return {
    server: {
      env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
      flags: [{ name: '--kv-events-config', value: { json: eventsConfig(stack, role) } }],
      ports: answers(role, position) ? [{ name: 'kv-events', containerPort: KV_EVENTS_PORT }] : [],
    },
  };
};

/** vLLM config/kv_events.py. */
function eventsConfig(stack: Stack, role: StackRole) {
  return {
    enable_kv_cache_events: true,
    publisher: 'zmq',
    // The pod listens and each picker dials in, so that there may be several of them.
    endpoint: `tcp://*:${KV_EVENTS_PORT}`,
    topic: topicOf(stack, role),
  };
}

/** Kubernetes puts the address in. The port is that which requests go to: the picker knows its endpoints by it. */
function topicOf({ model }: Stack, { ports }: StackRole): string {
  return `kv@$(POD_IP):${ports.serving}@${model.servedName}`;
}
