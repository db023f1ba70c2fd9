// Reads both outputs of the agent to their end, whatever comes: nothing in them is parsed, and nothing holds up the reading but a watcher
// who does not keep up, and that only while the agent lives.
import type { Readable } from 'node:stream';
import { wait } from '../link/backoff.ts';
import { splitLines } from './line-splitter.ts';

type OutputName = 'stdout' | 'stderr';
export type OnLine = (stream: OutputName, text: string) => void;
/** Null: read on. */
export type WhenTaken = (stream: OutputName) => Promise<void> | null;

export interface Capture {
  /** Waits for what is still in the pipes, but not for a process that escaped and holds them open. */
  finish(limitMs: number): Promise<void>;
}

export function captureOutput(
  outputs: { readonly stdout: Readable; readonly stderr: Readable },
  onLine: OnLine,
  whenTaken: WhenTaken = () => null,
): Capture {
  let isFinishing = false;
  const read = (stream: OutputName): Promise<void> => {
    const output = outputs[stream];
    const closed = readLines(output, (text) => onLine(stream, text));
    output.on('data', () => {
      const taken = isFinishing ? null : whenTaken(stream);
      if (taken === null) return;
      output.pause();
      void taken.then(() => output.resume());
    });
    return closed;
  };
  const closed = [read('stdout'), read('stderr')];
  return {
    async finish(limitMs) {
      // The agent has ended: what is left is no more than the pipes hold, and nobody waits for its reader.
      isFinishing = true;
      outputs.stdout.resume();
      outputs.stderr.resume();
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
