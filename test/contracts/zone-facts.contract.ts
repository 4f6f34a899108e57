import { describe, expect, it } from 'vitest';
import { compareVersions } from '#shared/domain/version.ts';
import type { ZoneFacts } from '#shared/ports/zone-facts.ts';

export interface ZoneFactsUnderTest {
  readonly zones: ZoneFacts;
  close(): Promise<void>;
}

/**
 * What every `ZoneFacts` promises. Zone us-central1-b offers A3 Ultra, the RoCE profile and the unused reservation `h200-res` of four
 * such machines; us-central1-f offers none of them.
 */
export function defineZoneFactsContract(name: string, make: () => Promise<ZoneFactsUnderTest>): void {
  describe(`ZoneFacts contract: ${name}`, () => {
    const test = it.extend<{ zones: ZoneFacts }>({
      zones: async ({ onTestFinished }, use) => {
        const under = await make();
        onTestFinished(() => under.close());
        await use(under.zones);
      },
    });

    test('finds a network profile with what it allows', async ({ zones }) => {
      expect(await zones.networkProfile('demo', 'us-central1-b-vpc-roce')).toMatchObject({
        name: 'us-central1-b-vpc-roce',
        features: { allowVpcFirewallRules: 'VPC_FIREWALL_RULES_BLOCKED', interfaceTypes: ['MRDMA'] },
      });
      expect(await zones.networkProfile('demo', 'us-central1-f-vpc-roce')).toBeUndefined();
    });

    test('knows which zone offers a machine type', async ({ zones }) => {
      expect(await zones.offersMachine('demo', 'us-central1-b', 'a3-ultragpu-8g')).toBe(true);
      expect(await zones.offersMachine('demo', 'us-central1-f', 'a3-ultragpu-8g')).toBe(false);
      expect(await zones.offersMachine('demo', 'us-central1-b', 'a3-ultra')).toBe(false);
    });

    test('reads a reservation', async ({ zones }) => {
      expect(await zones.reservation('demo', 'us-central1-b', 'h200-res')).toEqual({
        machineType: 'a3-ultragpu-8g',
        status: 'READY',
        vmCount: 4,
        vmsInUse: 0,
      });
      expect(await zones.reservation('demo', 'us-central1-b', 'h200')).toBeUndefined();
      expect(await zones.reservation('demo', 'us-central1-f', 'h200-res')).toBeUndefined();
    });

    test('lists the versions of each channel, newest first, with its default among them', async ({ zones }) => {
      const { channels } = await zones.versions({ project: 'demo', region: 'us-central1' });

      expect(channels.map(({ channel }) => channel)).toEqual(expect.arrayContaining(['RAPID', 'REGULAR', 'STABLE']));
      for (const { defaultVersion, validVersions } of channels) {
        expect(validVersions).toContain(defaultVersion);
        expect(validVersions).toEqual(validVersions.toSorted((a, b) => compareVersions(b, a) ?? 0));
      }
    });

    test('throws for a zone that does not exist instead of saying no', async ({ zones }) => {
      await expect(zones.offersMachine('demo', 'us-moon1-a', 'a3-ultragpu-8g')).rejects.toMatchObject({
        name: 'AutomationError',
      });
    });
  });
}
