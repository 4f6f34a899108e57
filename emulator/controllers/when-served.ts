import type { KubernetesClient } from '../kubernetes/client.ts';
import { isEstablished } from '../kubernetes/custom-kinds.ts';
import { nameOf } from '../kubernetes/objects.ts';
import type { Cancel } from '../world/clock.ts';
import { Informer } from './informer.ts';

const definitionKind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** Starts something once all the named definitions are served; cancelling stops the waiting and what was started. */
export function whenServed(client: KubernetesClient, definitions: readonly string[], start: () => Cancel): Cancel {
  const awaited = new Set(definitions);
  let stop: Cancel | undefined;
  const informer = new Informer(client, definitionKind, (_type, definition) => {
    if (isEstablished(definition)) awaited.delete(nameOf(definition));
    if (awaited.size === 0) stop ??= start();
  });
  return () => {
    informer.stop();
    stop?.();
  };
}
