/** Who may do what in the project: its service accounts and its IAM policy, kept and not enforced. */
import { createHash } from 'node:crypto';
import type { WorldBase } from '../world/base.ts';
import { copyOf, type JsonMap, type JsonValue } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { accountExists, accountMissing, accountUnknown, concurrentPolicyChange } from './rejections.ts';

export class ProjectWorld {
  readonly #base: WorldBase;
  /** By e-mail address. */
  readonly #accounts = new Map<string, JsonMap>();
  #bindings: JsonValue = [];
  #policyVersion = 1;
  #policyChanges = 0;

  constructor(base: WorldBase) {
    this.#base = base;
  }

  /** google.iam.admin.v1.ServiceAccount */
  createServiceAccount(accountId: string, fields: JsonMap): JsonMap {
    const { project, random } = this.#base;
    const email = `${accountId}@${project}.iam.gserviceaccount.com`;
    const name = this.#pathOf(email);
    if (this.#accounts.has(email)) reject(accountExists, accountId, project);
    const uniqueId = `1${String(Math.floor(random.draw('iam', 'account', email) * 1e15)).padStart(20, '0')}`;
    const account = { ...copyOf(fields), name, projectId: project, uniqueId, email, oauth2ClientId: uniqueId };
    this.#accounts.set(email, account);
    this.#record('createServiceAccount', name);
    return copyOf(account);
  }

  /** By e-mail address. */
  getServiceAccount(email: string): JsonMap {
    const account = this.#accounts.get(email);
    return account === undefined ? reject(accountUnknown) : copyOf(account);
  }

  listServiceAccounts(): JsonMap {
    return this.#accounts.size === 0 ? {} : { accounts: [...this.#accounts.values()].map((one) => copyOf(one)) };
  }

  deleteServiceAccount(email: string): JsonMap {
    this.getServiceAccount(email);
    this.#accounts.delete(email);
    this.#record('deleteServiceAccount', this.#pathOf(email));
    return {};
  }

  /** google.iam.v1.Policy */
  getIamPolicy(): JsonMap {
    return { version: this.#policyVersion, etag: this.#etag(), bindings: copyOf(this.#bindings) };
  }

  /** A policy with an etag replaces only the one that it was read from; one without replaces any (policy.proto, Policy.etag). */
  setIamPolicy(policy: JsonMap): JsonMap {
    const { etag, bindings = [], version = 1 } = policy;
    if (etag !== undefined && etag !== this.#etag()) reject(concurrentPolicyChange);
    this.#checkMembers(bindings);
    this.#bindings = copyOf(bindings);
    this.#policyVersion = Number(version);
    this.#policyChanges++;
    this.#record('setIamPolicy', `projects/${this.#base.project}`);
    return this.getIamPolicy();
  }

  /** Accounts of the project itself must exist; those of others, and Google's own, are not known here. */
  #checkMembers(bindings: JsonValue): void {
    const own = new RegExp(`"serviceAccount:([^"@]+@${this.#base.project}\\.iam\\.gserviceaccount\\.com)"`, 'g');
    for (const [, email = ''] of JSON.stringify(bindings).matchAll(own))
      if (!this.#accounts.has(email)) reject(accountMissing, email);
  }

  #pathOf(email: string): string {
    return `projects/${this.#base.project}/serviceAccounts/${email}`;
  }

  #etag(): string {
    return createHash('sha256').update(`policy ${this.#policyChanges}`).digest('base64').slice(0, 12);
  }

  #record(method: string, resource: string): void {
    this.#base.journal.record({ service: 'iam', method, resource, effect: true });
  }
}
