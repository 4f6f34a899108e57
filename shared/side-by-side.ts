/**
 * Does something for each of many items, at most `width` at a time: a thousand targets must not become a thousand calls at once.
 * Everything is attempted; afterwards the first failure, in the order of the items, is thrown.
 */
export async function sideBySide<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const failures: { readonly index: number; readonly thrown: unknown }[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index] as T; // in bounds, by the condition
      await work(item).catch((thrown: unknown) => failures.push({ index, thrown }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  const [first] = failures.toSorted((left, right) => left.index - right.index);
  if (first !== undefined) throw first.thrown;
}
