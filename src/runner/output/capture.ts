// Reads both outputs of the agent to their end, whatever comes: nothing in them is parsed, and nothing that happens to a line holds
// up the reading.
import type { Readable } from 'node:stream';
import { wait } from '../link/backoff.ts';
import { splitLines } from './line-splitter.ts';

export type OnLine = (stream: 'stdout' | 'stderr', text: string) => void;

export interface Capture {
  /** Waits for what is still in the pipes, but not for a process that escaped and holds them open. */
  finish(limitMs: number): Promise<void>;
}

export function captureOutput(
  outputs: { readonly stdout: Readable; readonly stderr: Readable },
  onLine: OnLine,
): Capture {
  const closed = [
    readLines(outputs.stdout, (text) => onLine('stdout', text)),
    readLines(outputs.stderr, (text) => onLine('stderr', text)),
  ];
  return {
    async finish(limitMs) {
      const timer = new AbortController();
      await Promise.race([Promise.all(closed), wait(limitMs, timer.signal)]);
      timer.abort();
      outputs.stdout.destroy();
      outputs.stderr.destroy();
      await Promise.all(closed);
    },
  };
}

function readLines(output: Readable, onLine: (text: string) => void): Promise<void> {
  const lines = splitLines(onLine);
  return new Promise((resolve) => {
    output.on('data', (chunk: Buffer) => lines.feed(chunk));
    // A pipe that breaks has given all it will give.
    output.on('error', () => resolve());
    output.once('close', () => {
      lines.end();
      resolve();
    });
  });
}
