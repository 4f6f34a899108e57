/** Plain data of the wires. Mutable: the world owns its objects and hands out copies. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonMap;
export type JsonMap = { [key: string]: JsonValue | undefined };
