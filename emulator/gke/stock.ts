/** Machines that zones still have to give, where that is limited. */
export interface Shelf {
  readonly zone: string;
  readonly machineType: string;
}

/** Without a limit there is always one more; whether a type is sold at all in this way is another question (capacity.ts). */
export class Stock {
  readonly #left = new Map<string, number>();

  /** From now on so many more machines can be had; undefined: as many as anybody wants. */
  limit({ zone, machineType }: Shelf, machines: number | undefined): void {
    const key = `${zone}/${machineType}`;
    if (machines === undefined) this.#left.delete(key);
    else this.#left.set(key, machines);
  }

  /** Takes one machine; false if there is none. One that is given back is somebody else's at once. */
  take({ zone, machineType }: Shelf): boolean {
    const key = `${zone}/${machineType}`;
    const left = this.#left.get(key);
    if (left === undefined) return true;
    if (left <= 0) return false;
    this.#left.set(key, left - 1);
    return true;
  }
}
