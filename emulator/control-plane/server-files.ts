/** What the programs of a control plane read from the disk: certificates, keys, tokens, and who they are to the API server. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Authority, makeAuthority } from '../wires/certificates.ts';

export interface ServerFiles {
  readonly authority: Authority;
  readonly certificate: string;
  readonly key: string;
  readonly tokens: string;
  /** Public and private key of the tokens of service accounts. */
  readonly accountPublicKey: string;
  readonly accountKey: string;
}

/** Who may call: one who may do everything, and one whom nothing is allowed. */
export const tokens = { admin: 'control-plane-admin', viewer: 'control-plane-viewer' } as const;

/** @param admins tokens that are admin's as well */
export async function writeServerFiles(
  home: string,
  { authority, admins }: { readonly authority: Authority | undefined; readonly admins: readonly string[] },
): Promise<ServerFiles> {
  mkdirSync(home, { recursive: true });
  const own = authority ?? (await makeAuthority());
  const files = {
    certificate: join(home, 'server.crt'),
    key: join(home, 'server.key'),
    tokens: join(home, 'tokens.csv'),
    accountPublicKey: join(home, 'accounts.pub'),
    accountKey: join(home, 'accounts.key'),
  };
  writeFileSync(files.certificate, own.serverCertificate);
  writeFileSync(files.key, own.serverKey, { mode: 0o600 });
  const lines = [tokens.admin, ...admins].map((token) => `${token},admin,admin,"system:masters"`);
  writeFileSync(files.tokens, `${[...lines, `${tokens.viewer},viewer,viewer,"viewers"`].join('\n')}\n`, {
    mode: 0o600,
  });
  if (!existsSync(files.accountKey)) writeAccountKeys(files);
  return { authority: own, ...files };
}

/** Kept in a folder that is used again: tokens that were given out stay good. */
function writeAccountKeys(files: { readonly accountPublicKey: string; readonly accountKey: string }): void {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  writeFileSync(files.accountPublicKey, publicKey);
  writeFileSync(files.accountKey, privateKey, { mode: 0o600 });
}

/** A kubeconfig of the one who may do everything; JSON is YAML. */
export function writeKubeconfig(file: string, server: string, caCertificate: string): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'local',
        cluster: { server, 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') },
      },
    ],
    users: [{ name: 'admin', user: { token: tokens.admin } }],
    contexts: [{ name: 'admin', context: { cluster: 'local', user: 'admin' } }],
    'current-context': 'admin',
  };
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}
