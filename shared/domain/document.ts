/** The one API version of all documents. */
export const API_VERSION = 'inference-fleet/v1';

/**
 * The greatest sequence that an author may give. Far above what counting or a time in seconds needs, and so far below 2^53 that the
 * sequences that are counted on from it stay exact: no document can stand for ever because no number is greater.
 */
export const MAX_SEQUENCE = 1_000_000_000_000;

/** Part of every document. Type aliases instead of interfaces: a document must be storable as plain JSON. */
export type Metadata = {
  readonly name: string;
  /** Order among the documents of one target; without it the time of publishing decides. */
  readonly sequence?: number;
  /** Resource labels for everything that is built and has labels. */
  readonly labels?: { readonly [key: string]: string };
};
