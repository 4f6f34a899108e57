/** Jobs that look at nodes and network before anything is served, and one that puts load on what is served. */
export type Verification = {
  /** Nodes to look at, 1..64, each as a whole: they must be free of other pods with GPUs; 2 when left out. */
  readonly nodes?: number;
  /** NCCL and each NIC between two nodes; true when left out, where the stack uses RDMA. */
  readonly network?: boolean;
  readonly load?: LoadTest;
};

/** Requests that arrive at a rate, whether or not earlier ones are answered: users do not wait for each other. */
export type LoadTest = {
  /** Where requests go, `http://10.0.0.5`; the Service of a stack without a gateway when left out. */
  readonly url?: string;
  readonly requestsPerSecond: number;
  /** In all; 600 when left out. */
  readonly requests?: number;
  /** Tokens of each prompt; 1,024 when left out. */
  readonly promptTokens?: number;
  /** Tokens of each answer; 256 when left out. */
  readonly answerTokens?: number;
};
