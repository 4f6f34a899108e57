/** The model server: vLLM of a version that is known, in its own image or in yours. */
export type Engine = {
  /** vLLM's version, which decides what flags there are; that of `catalogue/serving-images.ts` when left out. */
  readonly version?: string;
  /** An image of yours that holds this version; vLLM's own when left out. */
  readonly image?: string;
  /** Say so where the image of yours has Ray, which vLLM's has not. */
  readonly includesRay?: boolean;
  /** Further flags by name, `--max-num-seqs: 256`, on all roles; those that the builders set themselves are refused. */
  readonly flags?: { readonly [flag: string]: FlagSetting };
  /** Further environment by name, on all roles; what looks like a credential is refused. */
  readonly env?: { readonly [name: string]: string };
};

/** `true`: the switch itself; `false`: its `--no-` form. */
export type FlagSetting = string | number | boolean;
