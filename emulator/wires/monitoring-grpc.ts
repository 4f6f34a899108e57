/** Cloud Monitoring as the official clients speak it: google.monitoring.v3 over gRPC. */
import { createRequire } from 'node:module';
import { textOf } from '../delivery/json-fields.ts';
import { type MonitoringWorld, resourceOf } from '../monitoring/monitoring-world.ts';
import { notServed } from '../monitoring/rejections.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type GrpcPort, loadProtos, loadService, unary, type UnaryMethod } from './grpc.ts';
import { toPage } from './paging.ts';

type Methods = Readonly<Record<string, UnaryMethod>>;

const SERVICES = ['MetricService', 'AlertPolicyService', 'NotificationChannelService'] as const;

/**
 * Methods of the three services that answer UNIMPLEMENTED. Groups, uptime checks, snoozes, service monitoring and MQL queries are
 * not registered at all and answer the same.
 */
export const unservedMonitoringMethods: readonly string[] = [
  'MetricService.ListMonitoredResourceDescriptors',
  'MetricService.GetMonitoredResourceDescriptor',
  'MetricService.DeleteMetricDescriptor',
  'MetricService.CreateServiceTimeSeries',
  'NotificationChannelService.ListNotificationChannelDescriptors',
  'NotificationChannelService.GetNotificationChannelDescriptor',
  'NotificationChannelService.SendNotificationChannelVerificationCode',
  'NotificationChannelService.GetNotificationChannelVerificationCode',
  'NotificationChannelService.VerifyNotificationChannel',
];

/** Serves the world on the port. */
export function addMonitoring(port: GrpcPort, world: MonitoringWorld): void {
  // 96 KB of descriptors: parsed when the local cloud starts, not when this module loads.
  const protos = loadProtos(createRequire(import.meta.url)('@google-cloud/monitoring/build/protos/protos.json'));
  const methods = { ...metricMethods(world), ...policyMethods(world), ...channelMethods(world) };
  const handlers = Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, unary(method)]));
  for (const name of SERVICES) {
    const service = loadService(protos, `google.monitoring.v3.${name}`);
    port.add(service, Object.fromEntries(Object.entries(handlers).filter(([method]) => method in service)));
  }
}

function metricMethods({ metrics }: MonitoringWorld): Methods {
  return {
    listTimeSeries: (request) => metrics.listTimeSeries(request),
    createTimeSeries: (request) => {
      metrics.createTimeSeries(request);
      return {};
    },
    createMetricDescriptor: (request) => metrics.createMetricDescriptor(request),
    getMetricDescriptor: (request) => metrics.getMetricDescriptor(request),
    listMetricDescriptors: (request) => toPage('metricDescriptors', metrics.listMetricDescriptors(request), request),
  };
}

function policyMethods({ policies }: MonitoringWorld): Methods {
  return {
    createAlertPolicy: (request) => policies.create(nameOf(request), resourceOf(request, 'alertPolicy')),
    getAlertPolicy: (request) => policies.get(nameOf(request)),
    listAlertPolicies: (request) => listed('alertPolicies', policies.list(nameOf(request)), request),
    updateAlertPolicy: (request) => policies.update(resourceOf(request, 'alertPolicy'), maskOf(request)),
    deleteAlertPolicy: (request) => {
      policies.delete(nameOf(request));
      return {};
    },
  };
}

function channelMethods(world: MonitoringWorld): Methods {
  const { channels } = world;
  return {
    createNotificationChannel: (request) =>
      channels.create(nameOf(request), resourceOf(request, 'notificationChannel')),
    getNotificationChannel: (request) => channels.get(nameOf(request)),
    listNotificationChannels: (request) => listed('notificationChannels', channels.list(nameOf(request)), request),
    updateNotificationChannel: (request) =>
      channels.update(resourceOf(request, 'notificationChannel'), maskOf(request)),
    deleteNotificationChannel: (request) => {
      world.deleteNotificationChannel(request);
      return {};
    },
  };
}

/** Sorting and filtering of policies and channels are not served. */
function listed(collection: string, resources: readonly JsonMap[], request: JsonMap): JsonMap {
  for (const field of ['filter', 'orderBy']) {
    if (textOf(request, field) !== undefined) reject(notServed, `${field} of a list of ${collection}`);
  }
  return toPage(collection, resources, request);
}

function nameOf(request: JsonMap): string {
  return textOf(request, 'name') ?? '';
}

function maskOf(request: JsonMap): string {
  return textOf(request, 'updateMask') ?? '';
}
