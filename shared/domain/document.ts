/** The one API version of all documents. */
export const API_VERSION = 'inference-fleet/v1';

/** Part of every document. Type aliases instead of interfaces: a document must be storable as plain JSON. */
export type Metadata = {
  readonly name: string;
  /** Order among the documents of one target; without it the time of publishing decides. */
  readonly sequence?: number;
  /** Resource labels for everything that is built and has labels. */
  readonly labels?: { readonly [key: string]: string };
};
