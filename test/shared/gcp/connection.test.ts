import { describe, expect, it } from 'vitest';
import { accessTokenOf, authOf } from '#shared/gcp/auth.ts';
import { endpointOf, type GoogleConnection } from '#shared/gcp/connection.ts';

const connectionTo = (compute?: string): GoogleConnection => ({
  credentials: { accessToken: 'secret' },
  endpoints: { ...(compute !== undefined && { compute }) },
});

describe('endpointOf', () => {
  it.each([
    { text: 'http://127.0.0.1:8085', endpoint: { host: '127.0.0.1', port: 8085, tls: false } },
    { text: 'http://localhost', endpoint: { host: 'localhost', port: 80, tls: false } },
    { text: 'https://compute.example.com', endpoint: { host: 'compute.example.com', port: 443, tls: true } },
    { text: 'https://compute.example.com:8443/', endpoint: { host: 'compute.example.com', port: 8443, tls: true } },
  ])('reads $text', ({ text, endpoint }) => {
    expect(endpointOf(connectionTo(text), 'compute')).toEqual(endpoint);
  });

  it("is undefined for Google's own endpoint", () => {
    expect(endpointOf(connectionTo(), 'compute')).toBeUndefined();
  });

  it.each([
    { text: '127.0.0.1:8085', problem: 'is not an http or https URL' },
    { text: 'grpc://127.0.0.1:1', problem: 'is not an http or https URL' },
    { text: 'http://127.0.0.1:1/compute/v1', problem: 'has a path' },
  ])('refuses $text', ({ text, problem }) => {
    expect(() => endpointOf(connectionTo(text), 'compute')).toThrow(
      `reading the endpoint of compute: ${text} ${problem}`,
    );
  });
});

describe('the identity of a connection', () => {
  it('is one object, so that clients share its token', () => {
    const connection = connectionTo();

    expect(authOf(connection)).toBe(authOf(connection));
    expect(authOf(connection)).not.toBe(authOf(connectionTo()));
  });

  it('needs neither environment nor metadata server for a given token', async () => {
    const connection = connectionTo();

    await expect(accessTokenOf(connection)).resolves.toBe('secret');
    await expect(authOf(connection).getAccessToken()).resolves.toBe('secret');
    await expect(authOf(connection).getUniverseDomain()).resolves.toBe('googleapis.com');
  });
});
