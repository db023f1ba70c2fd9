// Finds the line on which each key of a TOML document stands, so that a wrong value can be pointed at. It expects a document that
// parsed without an error, and only ever reads positions: values are the parser's business.

interface Position {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

export type KeyPath = readonly (string | number)[];

/** Where the value of the longest known beginning of a path stands. */
export type LocateKey = (path: KeyPath) => Position;

export function locateKeys(source: string): LocateKey {
  const scan = new KeyScan(source);
  scan.document();
  return (path) => {
    for (let length = path.length; length > 0; length -= 1) {
      const offset = scan.offsets.get(pathKey(path.slice(0, length)));
      if (offset !== undefined) return positionAt(source, offset);
    }
    return { line: 1, column: 1 };
  };
}

function pathKey(path: KeyPath): string {
  return JSON.stringify(path);
}

function positionAt(source: string, offset: number): Position {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** One pass over a document. `at` only moves forward. */
class KeyScan {
  readonly offsets = new Map<string, number>();
  readonly #source: string;
  readonly #arrayLengths = new Map<string, number>();
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  document(): void {
    let table: KeyPath = [];
    for (this.#skipBlank(); this.#at < this.#source.length; this.#skipBlank()) {
      const start = this.#at;
      if (this.#source[this.#at] === '[') table = this.#header();
      else this.#keyAndValue(table);
      // A document that this scan misreads must still end.
      if (this.#at === start) this.#at += 1;
    }
  }

  #header(): KeyPath {
    const isArray = this.#source.startsWith('[[', this.#at);
    this.#at += isArray ? 2 : 1;
    this.#skipSpace();
    const start = this.#at;
    const keys = this.#dottedKey();
    this.#skipSpace();
    this.#at += isArray ? 2 : 1;
    return this.#enter(keys, start, isArray);
  }

  /** The full path of a header: a name on the way that is an array of tables means its newest element. */
  #enter(keys: readonly string[], start: number, isArray: boolean): KeyPath {
    let path: KeyPath = [];
    keys.forEach((key, index) => {
      path = [...path, key];
      const isNewElement = isArray && index === keys.length - 1;
      const length = (this.#arrayLengths.get(pathKey(path)) ?? 0) + (isNewElement ? 1 : 0);
      this.#note(path, start);
      if (length === 0) return;
      this.#arrayLengths.set(pathKey(path), length);
      path = [...path, length - 1];
      this.#note(path, start);
    });
    return path;
  }

  #keyAndValue(table: KeyPath): void {
    const start = this.#at;
    let path = table;
    for (const key of this.#dottedKey()) {
      path = [...path, key];
      this.#note(path, start);
    }
    this.#skipSpace();
    if (this.#source[this.#at] === '=') this.#at += 1;
    this.#skipSpace();
    this.#value(path);
  }

  #value(path: KeyPath): void {
    const first = this.#source[this.#at];
    if (first === '"' || first === "'") this.#string(first);
    else if (first === '[') this.#items('[', ']', (index) => this.#item([...path, index]));
    else if (first === '{') this.#items('{', '}', () => this.#keyAndValue(path));
    else this.#at = this.#next(/[,\]}\n#]/g);
  }

  #items(open: string, close: string, readItem: (index: number) => void): void {
    this.#at += open.length;
    this.#skipBlank();
    for (let index = 0; this.#at < this.#source.length && this.#source[this.#at] !== close; index += 1) {
      readItem(index);
      this.#skipBlank();
      if (this.#source[this.#at] !== ',') break;
      this.#at += 1;
      this.#skipBlank();
    }
    this.#at += close.length;
  }

  #item(path: KeyPath): void {
    this.#note(path, this.#at);
    this.#value(path);
  }

  #dottedKey(): readonly string[] {
    const keys = [this.#key()];
    for (this.#skipSpace(); this.#source[this.#at] === '.'; this.#skipSpace()) {
      this.#at += 1;
      this.#skipSpace();
      keys.push(this.#key());
    }
    return keys;
  }

  #key(): string {
    const start = this.#at;
    const quote = this.#source[this.#at];
    if (quote === "'" || quote === '"') {
      this.#string(quote);
      const raw = this.#source.slice(start + 1, this.#at - 1);
      return quote === '"' ? unescaped(raw) : raw;
    }
    this.#at = this.#next(/[^A-Za-z0-9_-]/g);
    return this.#source.slice(start, this.#at);
  }

  /** Leaves the position behind the closing quote. A multi-line string may end in up to two quotes of its own. */
  #string(quote: string): void {
    const isMultiLine = this.#source.startsWith(quote.repeat(3), this.#at);
    const end = isMultiLine ? quote.repeat(3) : quote;
    this.#at += end.length;
    while (this.#at < this.#source.length && !this.#source.startsWith(end, this.#at)) {
      this.#at += quote === '"' && this.#source[this.#at] === '\\' ? 2 : 1;
    }
    this.#at += end.length;
    for (let extra = 0; isMultiLine && extra < 2 && this.#source[this.#at] === quote; extra += 1)
      this.#at += 1;
  }

  #note(path: KeyPath, offset: number): void {
    const key = pathKey(path);
    if (!this.offsets.has(key)) this.offsets.set(key, offset);
  }

  #skipSpace(): void {
    this.#at = this.#next(/[^ \t]/g);
  }

  /** Blanks, line ends and comments. */
  #skipBlank(): void {
    for (;;) {
      this.#at = this.#next(/[^ \t\r\n]/g);
      if (this.#source[this.#at] !== '#') return;
      this.#at = this.#next(/\n/g);
    }
  }

  #next(pattern: RegExp): number {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.index ?? this.#source.length;
  }
}

function unescaped(raw: string): string {
  const simple: Record<string, string> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' };
  return raw.replace(
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|(.))/g,
    (_, u4, u8, x2, other) => {
      const code: string | undefined = u4 ?? u8 ?? x2;
      return code === undefined ? (simple[other] ?? other) : String.fromCodePoint(Number.parseInt(code, 16));
    },
  );
}
