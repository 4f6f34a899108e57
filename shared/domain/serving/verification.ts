/** Jobs that look at nodes and network before anything is served. */
export type Verification = { readonly namespace?: string };
