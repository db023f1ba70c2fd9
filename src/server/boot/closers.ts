// What was started is stopped in the reverse order, when the server ends and when starting fails half-way; one that fails keeps none of the
// others from being stopped.
export class Closers {
  readonly #stack: { readonly name: string; readonly close: () => void | Promise<void> }[] = [];
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  add(name: string, close: () => void | Promise<void>): void {
    this.#stack.push({ name, close });
  }

  async closeAll(): Promise<void> {
    for (let each = this.#stack.pop(); each !== undefined; each = this.#stack.pop()) {
      try {
        await each.close();
      } catch (error) {
        this.#log(`can't close ${each.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
