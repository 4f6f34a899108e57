import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '#shared/config.ts';

const needed = {
  FLEET_PROJECT: 'p',
  FLEET_REGION: 'us-central1',
  FLEET_FUNCTION_URL: 'https://{function}-x.run.app',
  FLEET_LEDGER: 'sqlite:/data/ledger.sqlite',
  FLEET_INVOKER: 'invoker@p.iam.gserviceaccount.com',
};

describe('the configuration', () => {
  it('has defaults for everything that has a usual value', () => {
    expect(parseConfig(needed)).toEqual({
      ...needed,
      FLEET_WAKES_TOPIC: 'inference-fleet-wakes',
      FLEET_DEAD_LETTER_TOPIC: 'inference-fleet-dead-letters',
      FLEET_QUEUE: 'inference-fleet-timers',
      FLEET_CREDENTIALS: 'adc',
      PORT: 8080,
      FLEET_HOST: '0.0.0.0',
      FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR: 250,
    });
  });

  it('takes an empty variable for an unset one', () => {
    expect(parseConfig({ ...needed, FLEET_QUEUE: '', FLEET_COMPUTE_ENDPOINT: '' })).toMatchObject({
      FLEET_QUEUE: 'inference-fleet-timers',
    });
  });

  it('names every problem at once, with the variable and its value', () => {
    const wrong = {
      FLEET_REGION: 'us-central1',
      FLEET_FUNCTION_URL: 'https://x',
      FLEET_LEDGER: 'firestore:x',
      FLEET_INVOKER: 'nobody',
      FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR: 'lots',
    };

    expect(() => parseConfig(wrong)).toThrow(ConfigError);
    expect(() => parseConfig(wrong)).toThrow(
      /FLEET_PROJECT=\(unset\).*FLEET_FUNCTION_URL=https:\/\/x.*FLEET_LEDGER=firestore:x.*FLEET_INVOKER=nobody.*FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR=lots/,
    );
  });

  it.each([
    { key: 'FLEET_COMPUTE_ENDPOINT', value: 'not a url' },
    { key: 'FLEET_CREDENTIALS', value: 'password' },
    { key: 'FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR', value: '-1' },
  ])('refuses $key=$value', ({ key, value }) => {
    expect(() => parseConfig({ ...needed, [key]: value })).toThrow(`${key}=${value}`);
  });
});
