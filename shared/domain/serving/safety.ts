/** What keeps a stack serving while nodes, pods and neighbours come and go. */
export type Safety = {
  /** Seconds that requests in flight get to end when a pod goes, 0..3,600; 45 when left out. All numbers of a drain derive from it. */
  readonly drainSeconds?: number;
  /** Make the namespace too; it is somebody else's when left out. */
  readonly createNamespace?: boolean;
  /** One replica of a role at a time may be moved away on purpose; on when left out. */
  readonly disruptionBudgets?: boolean;
  readonly networkPolicies?: NetworkPolicies;
  /** Google service account that the pods act as, `name@project.iam.gserviceaccount.com`; they act as themselves when left out. */
  readonly googleServiceAccount?: string;
  readonly priority?: Priority;
  readonly topology?: TopologyWish;
};

export type NetworkPolicies = {
  /** On when left out. */
  readonly enabled?: boolean;
  /** Where the gateway's proxies are: the proxy-only subnet. Anybody may send requests when left out; the ports within the stack are closed all the same. */
  readonly gatewayRanges?: readonly string[];
  /** Namespaces whose pods may send requests straight to the model servers, past the gateway. */
  readonly clientNamespaces?: readonly string[];
};

export type Priority = {
  /** PriorityClass of the cluster. */
  readonly className: string;
  /** Make the class too, with this value, -2,147,483,648..1,000,000,000. */
  readonly value?: number;
};

/**
 * `prefer`: pods that talk stand near each other where the nodes say where they are. `exclusive-…`: a group has all its pods in one
 * block or sub-block, and no other group is there.
 */
export type TopologyWish = 'none' | 'prefer' | 'exclusive-block' | 'exclusive-subblock';
