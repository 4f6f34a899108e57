/** GKE versions, e.g. `1.33.4-gke.1134000`. */

const PATTERN = /^(\d+)\.(\d+)\.(\d+)-gke\.(\d+)$/;

/** Negative, zero or positive like a sort comparison; undefined when either is not a full GKE version. */
export function compareVersions(left: string, right: string): number | undefined {
  const [ours, theirs] = [numbersOf(left), numbersOf(right)];
  if (ours === undefined || theirs === undefined) return undefined;

  const different = ours.findIndex((number, index) => number !== theirs[index]);
  return different === -1 ? 0 : (ours[different] ?? 0) - (theirs[different] ?? 0);
}

/** The highest of the versions that can be read; undefined when there is none. */
export function highestVersion(versions: readonly string[]): string | undefined {
  const readable = versions.filter((version) => PATTERN.test(version));
  return readable.toSorted((left, right) => compareVersions(right, left) ?? 0)[0];
}

function numbersOf(version: string): readonly number[] | undefined {
  return PATTERN.exec(version)?.slice(1).map(Number);
}
