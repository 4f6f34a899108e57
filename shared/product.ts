import manifest from '../package.json' with { type: 'json' };

/** How we introduce ourselves to every API: in `x-goog-api-client` (Google clients) and `user-agent` (everything else). */
export const product = { name: manifest.name, version: manifest.version } as const;

export const userAgent = `${product.name}/${product.version}`;
