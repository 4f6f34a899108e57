/** Runs the checks. Pure. */
import type { Finding, Severity } from './check.ts';
import type { CheckFacts } from './check-facts.ts';
import { type CheckedSet, readSet } from './checked-set.ts';
import { checks } from './checks.ts';
import { kubeObjectOf } from './workload.ts';
import type { Place } from './place.ts';

export interface CheckedObjects {
  readonly findings: readonly Finding[];
  /** Containers that serve a model; none: there was nothing to look for. */
  readonly serverCount: number;
}

/** All findings, in the order of the objects and of what is written in them. */
export function checkObjects(objects: readonly unknown[], facts: CheckFacts = {}): readonly Finding[] {
  return inspectObjects(objects, facts).findings;
}

export function inspectObjects(objects: readonly unknown[], facts: CheckFacts = {}): CheckedObjects {
  const set = readSet(objects, facts);
  const findings = checks.flatMap((check) =>
    check.run(set).map(
      (fault): Finding => ({
        ...fault,
        rule: check.id,
        severity: check.severity,
        object: objectName(set, fault.at),
      }),
    ),
  );
  return {
    findings: findings.toSorted(
      (left, right) => left.at.object - right.at.object || rank(left.severity) - rank(right.severity),
    ),
    serverCount: set.pods.reduce((sum, pod) => sum + pod.servers.length, 0),
  };
}

const severities: readonly Severity[] = ['error', 'warning', 'note'];

function rank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** Of an entry of a List: the entry. */
function objectName({ objects }: CheckedSet, { object, path }: Place): string {
  const owner = objects.find(
    ({ place }) => place.object === object && place.path.every((step, index) => path[index] === step),
  );
  const { kind, name } = owner ?? kubeObjectOf({ object, path: [], value: undefined });
  return name === '' ? kind : `${kind}/${name}`;
}
