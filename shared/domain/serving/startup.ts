/** What makes a replica ready sooner, and how long it may take. */
export type Startup = {
  /** Seconds from the start of the container to its first answer after which it is given up, 60..7,200; 3,600 when left out. */
  readonly budgetSeconds?: number;
  /** Pull the server's image onto every node before a pod needs it; not when left out. */
  readonly prePull?: boolean;
  /** Disk image with the container images of the stack, that GKE gives new nodes as secondary boot disk. */
  readonly imageDisk?: ImageDisk;
  readonly sleep?: Sleep;
};

export type ImageDisk = {
  readonly image: string;
  /** That has the disk image; the stack's own when left out. */
  readonly project?: string;
};

/** Replicas that can be put to sleep: their GPUs are free while the process stays. */
export type Sleep = {
  /** Memory of each pod for the weights while it sleeps; 0 where they are loaded anew (level 2). */
  readonly weightsGib: number;
  /** Whoever reaches the pods, past the gateway, may put them to sleep and run code in them (vLLM docs/usage/security.md); say that you know. */
  readonly trustEveryClient: true;
};
