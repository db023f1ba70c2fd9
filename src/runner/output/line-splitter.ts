// Cuts a program's output into lines without trusting it: any bytes, no newline at all, a line without end. A line longer than the
// limit is given out at the limit, and what was left out of it is said once it ends.

export interface LineSplitter {
  feed(chunk: Buffer): void;
  /** Gives out what stands after the last newline. */
  end(): void;
}

const MAX_LINE_BYTES = 1024 * 1024;
const NEWLINE = 10;
const MAX_HELD_PARTS = 512;

export function splitLines(onLine: (text: string) => void, maxBytes = MAX_LINE_BYTES): LineSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let cutBytes = 0;
  let isCut = false;

  const add = (part: Buffer): void => {
    if (isCut) {
      cutBytes += part.length;
      return;
    }
    const fits = part.subarray(0, maxBytes - heldBytes);
    // A program that writes byte by byte must not cost a buffer for each.
    if (held.length >= MAX_HELD_PARTS) held = [Buffer.concat(held)];
    if (fits.length > 0) held.push(fits);
    heldBytes += fits.length;
    if (fits.length === part.length) return;
    giveOut();
    isCut = true;
    cutBytes = part.length - fits.length;
  };
  const giveOut = (): void => {
    onLine(textOf(held));
    held = [];
    heldBytes = 0;
  };
  const endLine = (): void => {
    if (isCut) onLine(`[governed-agents: ${cutBytes} more bytes of this line were left out]`);
    else giveOut();
    isCut = false;
    cutBytes = 0;
  };

  return {
    feed(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        add(chunk.subarray(from, at));
        endLine();
        from = at + 1;
      }
      if (from < chunk.length) add(chunk.subarray(from));
    },
    end() {
      if (isCut || heldBytes > 0) endLine();
    },
  };
}

/** Bytes that are no UTF-8 become U+FFFD. */
function textOf(parts: readonly Buffer[]): string {
  const [only] = parts;
  const bytes = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  const text = bytes.toString('utf8');
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}
