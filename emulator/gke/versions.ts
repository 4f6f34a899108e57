import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import type { ChannelFacts, GkeFacts } from './facts.ts';
import { noVersionWithPrefix, versionUnsupported } from './rejections.ts';

/**
 * The exact version that a cluster gets. `wanted`: empty or `-` for the channel's default, `latest`, a prefix (`1.33`,
 * `1.33.4`) or an exact version (comment of `Cluster.initial_cluster_version` in google/container/v1/cluster_service.proto).
 * A cluster without a channel is enrolled in REGULAR (page "About release channels").
 */
export function resolveVersion(facts: GkeFacts, channelName: string, wanted: string): string {
  const channel = facts.channels.find(({ channel: name }) => name === (channelName || 'REGULAR'));
  if (channel === undefined) reject(versionUnsupported, 'Master', `${wanted} (${channelName})`);
  if (wanted === '' || wanted === '-') return channel.defaultVersion;
  return matchVersion(channel, wanted) ?? reject(versionUnsupported, 'Master', wanted);
}

function matchVersion({ validVersions }: ChannelFacts, wanted: string): string | undefined {
  if (wanted === 'latest') return validVersions[0];
  if (validVersions.includes(wanted)) return wanted;
  if (!/^\d+\.\d+(?:\.\d+)?$/.test(wanted)) return undefined;
  const match = validVersions.find((version) => version.startsWith(`${wanted}.`) || version.startsWith(`${wanted}-`));
  return match ?? reject(noVersionWithPrefix, wanted);
}

/** Version of a node pool: its cluster's, unless it names one that is offered. */
export function nodeVersion(facts: GkeFacts, wanted: string, clusterVersion: string): string {
  if (wanted === '' || wanted === '-' || wanted === clusterVersion) return clusterVersion;
  if (!allVersions(facts).includes(wanted)) reject(versionUnsupported, 'Node', wanted);
  return wanted;
}

/** google.container.v1.ServerConfig */
export function toServerConfig(facts: GkeFacts): JsonMap {
  const versions = allVersions(facts);
  return {
    defaultClusterVersion: resolveVersion(facts, 'REGULAR', ''),
    validNodeVersions: [...versions],
    defaultImageType: 'COS_CONTAINERD',
    validImageTypes: ['COS_CONTAINERD', 'UBUNTU_CONTAINERD'],
    validMasterVersions: [...versions],
    channels: facts.channels.map(({ channel, defaultVersion, validVersions }) => ({
      channel,
      defaultVersion,
      validVersions: [...validVersions],
    })),
  };
}

/** Newest first, each once. */
function allVersions(facts: GkeFacts): readonly string[] {
  const versions = new Set(facts.channels.flatMap(({ validVersions }) => validVersions));
  return [...versions].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
}
