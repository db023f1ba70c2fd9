// One line at the bottom of the terminal that stays there while other lines scroll past above it.
import { stripVTControlCharacters } from 'node:util';

export interface Footer {
  /** A line above it. */
  print(text: string): void;
  /** What somebody else writes, as it comes: the line is gone while another is begun and not ended. */
  pass(chunk: Buffer | string, to: NodeJS.WriteStream): void;
  /** What the bottom line says from now on. */
  set(text: string): void;
  close(): void;
}

const CLEAR_LINE = '\r\u001b[2K';
const USUAL_WIDTH = 80;

export function footerOn(stream: NodeJS.WriteStream): Footer {
  let shown = '';
  let isBegun = false;
  const draw = (): void => {
    if (isBegun) return;
    // A terminal may not know how wide it is.
    const width = stream.columns > 0 ? stream.columns : USUAL_WIDTH;
    stream.write(`${CLEAR_LINE}${fitted(shown, width)}`);
  };
  stream.on('resize', draw);
  return {
    print(text) {
      stream.write(`${isBegun ? '\n' : CLEAR_LINE}${text}\n`);
      isBegun = false;
      draw();
    },
    pass(chunk, to) {
      if (!isBegun) stream.write(CLEAR_LINE);
      to.write(chunk);
      isBegun = !chunk.toString().endsWith('\n');
      draw();
    },
    set(text) {
      if (text === shown) return;
      shown = text;
      draw();
    },
    close() {
      stream.off('resize', draw);
      stream.write(isBegun ? '\n' : CLEAR_LINE);
    },
  };
}

/** A line that wraps can't be cleared: what does not fit is shown without colour, and cut. */
function fitted(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  return plain.length < width ? text : `${plain.slice(0, Math.max(0, width - 2))}…`;
}
