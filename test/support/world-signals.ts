/** Cloud Monitoring of the world in the same process, below the product's own reading of it. */
import type { World } from '../../emulator/world/world.ts';
import { listAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { storeOver } from '#shared/gcp/monitoring-signals.ts';
import type { SignalStore } from '#shared/ports/serving-signals.ts';
import { ask, toMap } from './world-ports.ts';

export function worldSignals({ monitoring }: World): SignalStore {
  return storeOver({
    listTimeSeries: (request) =>
      ask('listing time series', () => {
        const page = monitoring.metrics.listTimeSeries(toMap(request));
        return listAt(page, 'timeSeries') as readonly JsonObject[]; // the list of a proto message
      }),
    createTimeSeries: (request) =>
      ask('writing time series', () => monitoring.metrics.createTimeSeries(toMap(request))),
  });
}
