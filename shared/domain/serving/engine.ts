/** The model server: vLLM of a version that is known, in its own image or in yours. */
export type Engine = {
  /** vLLM's version, which decides what flags there are; that of `catalogue/serving-images.ts` when left out. */
  readonly version?: string;
  /** An image of yours that holds this version; vLLM's own when left out. */
  readonly image?: string;
  /** Say so where the image of yours has Ray, which vLLM's has not. */
  readonly includesRay?: boolean;
  /** Further flags by name, `--max-num-seqs: 256`; those that the builders set themselves are refused. */
  readonly flags?: { readonly [flag: string]: string | number | boolean };
  /** Further environment by name; what looks like a credential is refused. */
  readonly env?: { readonly [name: string]: string };
};
