/** `1 node`, `2 nodes`: of words whose plural is made with s. */
export function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
