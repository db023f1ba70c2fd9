// One line at the bottom of the terminal that stays there while other lines scroll past above it.
import { stripVTControlCharacters } from 'node:util';

export interface Footer {
  /** A line above it. */
  print(text: string): void;
  /** What the bottom line says from now on. */
  set(text: string): void;
  close(): void;
}

const CLEAR_LINE = '\r\u001b[2K';

export function footerOn(stream: NodeJS.WriteStream): Footer {
  let shown = '';
  const draw = (): void => {
    stream.write(`${CLEAR_LINE}${fitted(shown, stream.columns ?? 80)}`);
  };
  stream.on('resize', draw);
  return {
    print(text) {
      stream.write(`${CLEAR_LINE}${text}\n`);
      draw();
    },
    set(text) {
      if (text === shown) return;
      shown = text;
      draw();
    },
    close() {
      stream.off('resize', draw);
      stream.write(CLEAR_LINE);
    },
  };
}

/** A line that wraps can't be cleared: what does not fit is shown without colour, and cut. */
function fitted(text: string, width: number): string {
  const plain = stripVTControlCharacters(text);
  return plain.length < width ? text : `${plain.slice(0, Math.max(0, width - 2))}…`;
}
