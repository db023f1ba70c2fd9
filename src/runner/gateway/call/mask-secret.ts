// Takes the provider's key out of what a provider sends back: some proxies repeat the request in their errors. Each byte of it becomes
// an asterisk, so that nothing changes its length, and only as many bytes wait for the next chunk as could begin the key.

export interface SecretMask {
  header(value: string): string;
  /** A mask of one body, chunk by chunk; `rest` is what still waits when the body is over. */
  body(): { feed(chunk: Buffer): Buffer; rest(): Buffer };
}

/** A shorter one is a word that stands for no key ("ollama"), and an answer may well hold it. */
const LEAST_CHARACTERS = 16;
const NOTHING: Buffer = Buffer.alloc(0);

export function maskOf(secret: string | null): SecretMask {
  if (secret === null || secret.length < LEAST_CHARACTERS) {
    return { header: (value) => value, body: () => ({ feed: (chunk) => chunk, rest: () => NOTHING }) };
  }
  const bytes = Buffer.from(secret, 'latin1');
  const asterisks = '*'.repeat(secret.length);
  return {
    header: (value) => value.replaceAll(secret, asterisks),
    body() {
      let waiting = NOTHING;
      return {
        feed(chunk) {
          const all = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
          const found = all.indexOf(bytes);
          const masked = found === -1 ? all : masking(all, bytes, found);
          const begun = beginningAtEnd(masked, bytes);
          waiting = masked.subarray(masked.length - begun);
          return masked.subarray(0, masked.length - begun);
        },
        rest: () => waiting,
      };
    },
  };
}

/** On a copy: the bytes that came are not ours to change. */
function masking(bytes: Buffer, secret: Buffer, first: number): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = first; at !== -1; at = copy.indexOf(secret, at)) copy.fill('*', at, at + secret.length);
  return copy;
}

/** How many bytes at the end could be the beginning of the secret. */
function beginningAtEnd(bytes: Buffer, secret: Buffer): number {
  const first = secret[0] ?? 0;
  const from = Math.max(0, bytes.length - secret.length + 1);
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    const length = bytes.length - at;
    if (bytes.compare(secret, 0, length, at) === 0) return length;
  }
  return 0;
}
