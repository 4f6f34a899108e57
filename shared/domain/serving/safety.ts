/** What keeps a stack serving while nodes, pods and neighbours come and go. */
export type Safety = {
  /** Seconds that requests in flight get to end when a pod goes, 0..3,600; 45 when left out. All numbers of a drain derive from it. */
  readonly drainSeconds?: number;
};
