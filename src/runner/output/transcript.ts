// Keeps what a run wrote, one JSON object a line. It never holds the run up: a disk that is slow or full costs lines of the
// transcript, which is said, but the agent's pipes are read on.
import { createWriteStream } from 'node:fs';

/** `protocol`: what an agent CLI says to its adapter; its `stdout` is then what that means to a person. */
export type OutputStream = 'stdout' | 'stderr' | 'runner' | 'protocol';

export interface TranscriptLine {
  readonly ts: string;
  readonly stream: OutputStream;
  readonly text: string;
}

export interface Transcript {
  add(stream: OutputStream, text: string): void;
  /** Resolves when what is kept is with the operating system, or can't be. */
  close(): Promise<void>;
}

export interface TranscriptOptions {
  readonly path: string;
  readonly clock: () => number;
  /** Told once when the transcript can't be written any more. */
  readonly onFault: (message: string) => void;
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** What may wait for a slow disk. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const CLOSE_LIMIT_MS = 2_000;

export function openTranscript(options: TranscriptOptions): Transcript {
  const { path, clock, onFault, maxBytes = DEFAULT_MAX_BYTES } = options;
  const file = createWriteStream(path, { flags: 'a', mode: 0o600 });
  let writtenBytes = 0;
  let leftOut = 0;
  let isOver = false;
  // Comes once, and may come when the run is over already: what is lost is said all the same.
  file.on('error', (error) => {
    isOver = true;
    onFault(`The transcript ${path} can't be written (${error.message}); the run goes on without it.`);
  });

  const write = (stream: OutputStream, text: string): void => {
    const line: TranscriptLine = { ts: new Date(clock()).toISOString(), stream, text };
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    writtenBytes += bytes.length;
    file.write(bytes);
  };

  return {
    add(stream, text) {
      if (isOver) return;
      if (file.writableLength > MAX_WAITING_BYTES) {
        leftOut += 1;
        return;
      }
      if (leftOut > 0) write('runner', `${leftOut} lines were left out here: the disk did not keep up.`);
      leftOut = 0;
      if (writtenBytes + text.length <= maxBytes) {
        write(stream, text);
        return;
      }
      isOver = true;
      write('runner', `The transcript ends here, at ${maxBytes} bytes; the run goes on.`);
    },
    close: () =>
      new Promise((resolve) => {
        isOver = true;
        // A disk that hangs must not hold up the end of the run.
        const timer = setTimeout(() => resolve(), CLOSE_LIMIT_MS);
        file.once('close', () => {
          clearTimeout(timer);
          resolve();
        });
        if (file.closed) {
          clearTimeout(timer);
          resolve();
        } else file.end();
      }),
  };
}
