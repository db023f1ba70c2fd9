// Gathers the chunks of a body into one piece of memory: kept one by one, a body that comes a byte at a time would take hundreds of times
// its length.

const NOTHING: Buffer = Buffer.alloc(0);

export class GatheredBytes {
  #memory: Buffer = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#length === 0) {
      // Most bodies are one chunk, which is only looked at.
      this.#memory = chunk;
    } else {
      if (length > this.#memory.length) this.#grow(Math.max(length, 2 * this.#length));
      chunk.copy(this.#memory, this.#length);
    }
    this.#length = length;
  }

  /** What was gathered, until the next is added. */
  bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  clear(): void {
    this.#memory = NOTHING;
    this.#length = 0;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(size);
    this.#memory.copy(larger, 0, 0, this.#length);
    this.#memory = larger;
  }
}
