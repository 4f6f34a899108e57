import { endpointPickerBuckets } from './buckets.ts';
import { Fifo } from './fifo.ts';
import { Histogram } from './histogram.ts';
import type { Ticket } from './request.ts';

/** What is under way at one endpoint. */
export interface EndpointLoad {
  requests: number;
  /**
   * Prompt tokens sent there whose client has not seen its first token: the first piece of the answer releases them (llm-d/llm-d-router
   * pkg/epp/framework/plugins/requestcontrol/dataproducer/inflightload/README.md), so that behind a slow decode they stay high.
   */
  tokens: number;
}

/** What the process of the endpoint picker knows. A restart leaves nothing of it: what it held is lost. */
export class EndpointPicker {
  readonly held = new Fifo<Ticket>();
  requests = 0;
  errors = 0;
  readonly timeToFirstToken = new Histogram(endpointPickerBuckets.timeToFirstToken);
  readonly requestDuration = new Histogram(endpointPickerBuckets.requestDuration);
  readonly #loads = new Map<string, EndpointLoad>();
  readonly #dispatched = new Map<Ticket, { readonly load: EndpointLoad; tokens: number }>();

  /** Sent on and not answered to the end. */
  get running(): number {
    return this.#dispatched.size;
  }

  loadOf(endpoint: string): Readonly<EndpointLoad> {
    return this.#loads.get(endpoint) ?? { requests: 0, tokens: 0 };
  }

  /** @param endpoint that computes the prompt */
  dispatch(ticket: Ticket, endpoint: string): void {
    const load = this.#loads.get(endpoint) ?? { requests: 0, tokens: 0 };
    const tokens = ticket.request.promptTokens;
    load.requests++;
    load.tokens += tokens;
    this.#loads.set(endpoint, load);
    this.#dispatched.set(ticket, { load, tokens });
    this.requests++;
  }

  seeFirstToken(ticket: Ticket, atMs: number): void {
    const dispatch = this.#dispatched.get(ticket);
    // Sent on by the picker before this one.
    if (dispatch === undefined) return;
    this.timeToFirstToken.observe((atMs - ticket.request.arrivalMs) / 1000);
    dispatch.load.tokens -= dispatch.tokens;
    dispatch.tokens = 0;
  }

  end(ticket: Ticket, atMs: number): void {
    if (!this.#forget(ticket)) return;
    this.requestDuration.observe((atMs - ticket.request.arrivalMs) / 1000);
  }

  /** Its replica is gone: back to where it came from. */
  takeBack(ticket: Ticket): void {
    this.#forget(ticket);
    this.errors++;
    this.held.push(ticket);
  }

  /** The endpoint left the pool, and its series with it (llm-d/llm-d-router pull request 2577). */
  forgetEndpoint(endpoint: string): void {
    this.#loads.delete(endpoint);
  }

  #forget(ticket: Ticket): boolean {
    const dispatch = this.#dispatched.get(ticket);
    if (dispatch === undefined) return false;
    dispatch.load.requests--;
    dispatch.load.tokens -= dispatch.tokens;
    return this.#dispatched.delete(ticket);
  }
}
