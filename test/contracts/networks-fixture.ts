import type { World } from '../../emulator/world/world.ts';
import type { TimeUnderTest } from './time-under-test.ts';

/** The network and subnet that the clusters contract begins with. */
export async function addClusterNetwork(world: World, time: TimeUnderTest): Promise<void> {
  const isEnded = (place: object, operation: unknown) => async () =>
    world.compute.operation(place, String(operation))['status'] === 'DONE';
  const network = world.compute.insert('networks', {}, { name: 'net', autoCreateSubnetworks: false });
  await time.passUntil(isEnded({}, network['name']));
  const region = 'us-central1';
  const subnet = world.compute.insert(
    'subnetworks',
    { region },
    {
      name: 'net-sub',
      network: 'projects/demo/global/networks/net',
      ipCidrRange: '192.168.0.0/18',
      secondaryIpRanges: [
        { rangeName: 'pods', ipCidrRange: '10.4.0.0/14' },
        { rangeName: 'services', ipCidrRange: '10.0.32.0/20' },
      ],
    },
  );
  await time.passUntil(isEnded({ region }, subnet['name']));
}
