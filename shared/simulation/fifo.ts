/** First in, first out, without the cost of moving everything at each take: queues get long when a service is overloaded. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Before everything else. */
  unshift(item: T): void {
    this.#items.splice(0, this.#head, item);
    this.#head = 0;
  }

  take(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head++;
    // What was taken is given back to memory in large pieces.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.toArray();
      this.#head = 0;
    }
    return item;
  }

  toArray(): T[] {
    return this.#items.slice(this.#head);
  }
}
