// Turns what an agent CLI says in its protocol into what it would have written to stdout by itself.

/** The text to write, without its last line end; null for nothing. */
export type Words = (message: Readonly<Record<string, unknown>>) => string | null;
