/** What makes a replica ready sooner, and how long it may take. */
export type Startup = {
  /** Seconds from the start of the container to its first answer after which it is given up, 60..7,200; 3,600 when left out. */
  readonly budgetSeconds?: number;
};
