/** Every environment variable of the functions: type, unit, default, range. All problems are reported at once. */
import { z } from 'zod';

const usdPerHour = (defaultUsd: number, min: number, max: number) =>
  z.coerce.number().min(min).max(max).default(defaultUsd);

const optionalUrl = z.url().exactOptional();

/** Ids of databases: Firestore documentation, "Create and manage databases"; `(default)` is the one of every project. */
const LEDGER = /^(sqlite:.+|firestore:(\(default\)|[a-z][a-z0-9-]{2,61}[a-z0-9]))$/;

/**
 * Keys are the variables' names; what has a default here need not be set. The local cloud sets no others (tested).
 */
export const Environment = z.object({
  /** Project that holds topics, queue and ledger. */
  FLEET_PROJECT: z.string().min(1),
  /** Region of the tasks queue and the functions. */
  FLEET_REGION: z.string().min(1),
  FLEET_WAKES_TOPIC: z.string().min(1).default('inference-fleet-wakes'),
  FLEET_DEAD_LETTER_TOPIC: z.string().min(1).default('inference-fleet-dead-letters'),
  FLEET_QUEUE: z.string().min(1).default('inference-fleet-timers'),
  /** URL of the functions; `{function}` is replaced by the function's name. */
  FLEET_FUNCTION_URL: z.string().includes('{function}'),
  /** Where the ledger is: `sqlite:<path>`, for one process with a disk, or `firestore:<database>`, for functions in many instances. */
  FLEET_LEDGER: z
    .string()
    .regex(LEDGER, 'must be sqlite:<path> or firestore:<database>, whose id has 4 to 63 of a-z, 0-9 and -'),
  /** Account that Pub/Sub and Cloud Tasks sign their requests as. */
  FLEET_INVOKER: z.email(),
  /** Where the certificates of the token issuer are; absent: Google's. */
  FLEET_OIDC_CERTIFICATES_URL: optionalUrl,
  FLEET_OIDC_ISSUER: z.string().min(1).exactOptional(),
  /** `adc` (application default credentials) or `token:<text>`. */
  FLEET_CREDENTIALS: z.union([z.literal('adc'), z.templateLiteral(['token:', z.string().min(1)])]).default('adc'),
  FLEET_COMPUTE_ENDPOINT: optionalUrl,
  FLEET_CONTAINER_ENDPOINT: optionalUrl,
  /** GKE over HTTP/JSON; the same as the one above where one port serves both, as Google's does. */
  FLEET_CONTAINER_REST_ENDPOINT: optionalUrl,
  FLEET_FIRESTORE_ENDPOINT: optionalUrl,
  FLEET_MONITORING_ENDPOINT: optionalUrl,
  FLEET_PUBSUB_ENDPOINT: optionalUrl,
  FLEET_TASKS_ENDPOINT: optionalUrl,
  /** Private CA of the clusters' endpoints, a PEM file; absent: the public ones. */
  FLEET_KUBERNETES_CA_FILE: z.string().min(1).exactOptional(),
  /** Clock source: a URL that answers `{"epochMs": …, "running": …}`; absent: the system clock. */
  FLEET_CLOCK_URL: optionalUrl,
  /** Port and interface of `functions/server.ts`; single functions are served by the platform. */
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
  FLEET_HOST: z.string().min(1).default('0.0.0.0'),
  /** Without a policy, a cluster may cost at most this much, USD per hour. */
  FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR: usdPerHour(250, 0, 1_000_000),
});

export type Environment = Readonly<z.infer<typeof Environment>>;

/** Which ledger, and where. */
export type LedgerPlace =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'firestore'; readonly database: string };

export function ledgerPlaceOf({ FLEET_LEDGER: text }: Pick<Environment, 'FLEET_LEDGER'>): LedgerPlace {
  const where = text.slice(text.indexOf(':') + 1);
  return text.startsWith('sqlite:') ? { kind: 'sqlite', path: where } : { kind: 'firestore', database: where };
}

/** The configuration cannot be used: nothing can be served until a person has mended it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Parses the environment once; throws one error that lists every problem with its variable, its value and what is expected. */
export function parseConfig(environment: Readonly<Record<string, string | undefined>>): Environment {
  // An empty variable is an unset one: shells and Terraform cannot always leave one out.
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const key = issue.path.join('.');
    const value = given[key];
    return value === undefined ? `${key}=(unset): must be set` : `${key}=${value}: ${issue.message}`;
  });
  throw new ConfigError(`reading the configuration: ${problems.join('; ')}`);
}
