/** Methods of Google's services that our adapters call, by package and full name of the service: what the bundles keep of the rest. */
export const keptMethods: Readonly<Record<string, KeptMethods>> = {
  '@google-cloud/compute': {
    'google.cloud.compute.v1.Firewalls': ['Insert', 'List'],
    'google.cloud.compute.v1.GlobalOperations': ['Get'],
    'google.cloud.compute.v1.InstanceGroupManagers': ['DeleteInstances', 'Get'],
    'google.cloud.compute.v1.MachineTypes': ['List'],
    'google.cloud.compute.v1.NetworkProfiles': ['List'],
    'google.cloud.compute.v1.Networks': ['Insert', 'List'],
    'google.cloud.compute.v1.RegionOperations': ['Get'],
    'google.cloud.compute.v1.Reservations': ['List'],
    'google.cloud.compute.v1.Routers': ['Insert', 'List'],
    'google.cloud.compute.v1.Subnetworks': ['Insert', 'List'],
    'google.cloud.compute.v1.ZoneOperations': ['Get'],
  },
  '@google-cloud/container': {
    'google.container.v1.ClusterManager': [
      'CreateCluster',
      'CreateNodePool',
      'GetCluster',
      'GetNodePool',
      'GetOperation',
      'GetServerConfig',
      'ListOperations',
      'SetNodePoolAutoscaling',
      'SetNodePoolSize',
    ],
  },
  '@google-cloud/monitoring': { 'google.monitoring.v3.MetricService': ['CreateTimeSeries', 'ListTimeSeries'] },
  '@google-cloud/pubsub-api': { 'google.pubsub.v1.Publisher': ['Publish'] },
};

/** Names of methods by the full name of their service. */
export type KeptMethods = Readonly<Record<string, readonly string[]>>;

/** Those of one service, by its name as the file of its client has it: `global_operations`. Undefined: nothing of it is called. */
export function keptMethodsOf(packageName: string, clientFile: string): KeptMethods | undefined {
  const name = clientFile.replaceAll('_', '');
  const found = Object.entries(keptMethods[packageName] ?? {}).find(([service]) =>
    service.toLowerCase().endsWith(`.${name}`),
  );
  return found && Object.fromEntries([found]);
}
