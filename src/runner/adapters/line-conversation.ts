// The pipes of an agent CLI that speaks in lines, each a JSON object: what it says is heard one whole line at a time, and it has only so
// long to say that its gate is in place. What the lines mean is its protocol's alone.
import type { Readable, Writable } from 'node:stream';
import { jsonExtent, SAFE_LEVELS } from '../../core/json-extent.ts';
import { type JsonObject, parseObject } from '../../core/json-object.ts';
import { splitLines } from '../output/line-splitter.ts';

export interface LineOptions {
  /** What is said first. */
  readonly opening: unknown;
  readonly hear: (line: JsonObject) => void;
  readonly onLate: (why: string) => void;
}

export interface LineConversation {
  /** Call it before anything was read of stdout. */
  begin(pipes: { readonly stdin: Writable; readonly stdout: Readable }): void;
  send(message: unknown): void;
  /** It said that its gate is in place, or nothing more comes. */
  stopWaiting(): void;
  /** Nothing more is said to it, which is when it ends. */
  close(): void;
}

/** A tool's whole input stands in one line. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;
const READY_LIMIT_MS = 60_000;

export function lineConversation({ opening, hear, onLate }: LineOptions): LineConversation {
  let stdin: Writable | null = null;
  let readyTimer: NodeJS.Timeout | undefined;
  const lines = splitLines((text) => {
    // Whoever hears it walks it: one that is too deep is not heard, and so nothing is allowed for it.
    const line = jsonExtent(Buffer.from(text)).levels > SAFE_LEVELS ? null : parseObject(text);
    if (line !== null) hear(line);
  }, MAX_LINE_BYTES);
  const send = (message: unknown): void => {
    if (stdin?.writable === true) stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    begin(pipes) {
      stdin = pipes.stdin;
      pipes.stdout.on('data', (chunk: Buffer) => lines.feed(chunk));
      pipes.stdout.once('end', () => lines.end());
      const why = `it did not say within ${READY_LIMIT_MS / 1_000} s that the gate is in place`;
      readyTimer = setTimeout(() => onLate(why), READY_LIMIT_MS);
      send(opening);
    },
    send,
    stopWaiting: () => clearTimeout(readyTimer),
    close: () => void stdin?.end(),
  };
}
