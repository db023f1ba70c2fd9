// Single keys and short lines from a terminal while a run is shown on it. In raw mode the terminal sends no signals, so Ctrl-C and
// Ctrl-Z are turned back into them.

export interface Keys {
  /** What a key does when no line is being typed. */
  onKey(handle: (key: string) => void): void;
  /** Reads a line; null when Escape gave it up. `show` is told what was typed so far. */
  line(show: (typed: string) => void): Promise<string | null>;
  close(): void;
}

const ENTER = /[\r\n]/;
const BACKSPACE = /[\u007f\b]/;

export function keysFrom(input: NodeJS.ReadStream): Keys {
  let handleKey: (key: string) => void = () => undefined;
  let typing: { text: string; show: (typed: string) => void; settle: (line: string | null) => void } | null =
    null;

  const onData = (chunk: Buffer | string): void => {
    const text = chunk.toString();
    // An arrow or a function key comes as one sequence: nothing here is bound to any.
    if (text.length > 1 && text.startsWith('\u001b')) return;
    for (const key of text) onOne(key);
  };

  const onOne = (key: string): void => {
    if (key === '\u0003') process.kill(process.pid, 'SIGINT');
    else if (key === '\u001a') suspend(input);
    else if (typing === null) handleKey(key);
    else type(typing, key);
  };

  const type = (line: NonNullable<typeof typing>, key: string): void => {
    if (ENTER.test(key) || key === '\u001b') {
      typing = null;
      line.settle(key === '\u001b' ? null : line.text);
      return;
    }
    if (BACKSPACE.test(key)) line.text = [...line.text].slice(0, -1).join('');
    else if (key >= ' ') line.text += key;
    line.show(line.text);
  };

  input.setRawMode(true);
  input.on('data', onData);
  input.resume();
  return {
    onKey(handle) {
      handleKey = handle;
    },
    line: (show) =>
      new Promise((settle) => {
        typing = { text: '', show, settle };
        show('');
      }),
    close() {
      typing?.settle(null);
      typing = null;
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
    },
  };
}

/** The shell gets its terminal back in order; we take it again when we are continued. */
function suspend(input: NodeJS.ReadStream): void {
  input.setRawMode(false);
  process.once('SIGCONT', () => input.setRawMode(true));
  process.kill(process.pid, 'SIGSTOP');
}
