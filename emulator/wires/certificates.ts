import * as x509 from '@peculiar/x509';
import type { webcrypto } from 'node:crypto';

/** A private certificate authority with one server certificate, in memory and new for each run. */
export interface Authority {
  /** PEM; what clients must trust. */
  readonly caCertificate: string;
  /** PEM of a certificate for 127.0.0.1, ::1 and localhost. */
  readonly serverCertificate: string;
  /** PEM, PKCS #8. */
  readonly serverKey: string;
}

/** ECDSA P-256: a key takes a millisecond, an RSA key a second. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Twenty years around today: certificates are checked against the client's real clock, whatever the world's says. */
const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2040-01-01T00:00:00Z') };

export async function makeAuthority(): Promise<Authority> {
  x509.cryptoProvider.set(globalThis.crypto);
  const caKeys = await newKeys();
  const serverKeys = await newKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Local cloud CA',
    ...validity,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: caExtensions(),
  });
  const server = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=localhost',
    issuer: ca.subject,
    ...validity,
    signingAlgorithm: algorithm,
    publicKey: serverKeys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: serverExtensions(),
  });
  const serverKey = await globalThis.crypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
  return {
    caCertificate: ca.toString('pem'),
    serverCertificate: server.toString('pem'),
    serverKey: x509.PemConverter.encode(serverKey, 'PRIVATE KEY'),
  };
}

function caExtensions(): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
  ];
}

/** Names are checked against the alternative names only: no current client looks at the subject. */
function serverExtensions(): x509.Extension[] {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
      { type: 'dns', value: 'localhost' },
    ]),
  ];
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return globalThis.crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
