/** Releases of a program, `0.30.0`, as numbers. */

/** Negative, zero or positive like a sort comparison. Both are `major.minor.patch`, which documents and catalogues make sure of. */
export function compareReleases(left: string, right: string): number {
  const [ours, theirs] = [numbersOf(left), numbersOf(right)];
  const different = ours.findIndex((number, index) => number !== theirs[index]);
  return different === -1 ? 0 : (ours[different] ?? 0) - (theirs[different] ?? 0);
}

export function isAtLeast(release: string, least: string): boolean {
  return compareReleases(release, least) >= 0;
}

function numbersOf(release: string): readonly number[] {
  return release.split('.').map(Number);
}
