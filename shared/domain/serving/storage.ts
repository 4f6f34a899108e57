/** Where the weights come from and where they are kept. */
export type ModelStorage = {
  /** Secret with the key HF_TOKEN; `llm-d-hf-token` when left out. */
  readonly tokenSecret?: string;
};
