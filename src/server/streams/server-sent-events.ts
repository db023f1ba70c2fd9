// A response that goes on: messages are made only as fast as the reader takes them, a comment keeps a quiet stream alive, and whoever
// goes away leaves nothing behind.
import type { RawAnswer } from '../answer.ts';

export interface Message {
  readonly id?: number;
  readonly data: string;
}

/** Answers the next messages (none: still alive), or null at the end. Resolves early when the signal is aborted. */
export type NextMessages = (signal: AbortSignal) => Promise<readonly Message[] | null>;

export const KEEP_ALIVE_MS = 15_000;

export function serverSentEvents(signal: AbortSignal, next: NextMessages): RawAnswer {
  const gone = new AbortController();
  const either = AbortSignal.any([signal, gone.signal]);
  const encoder = new TextEncoder();
  let started = false;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (!started) {
          started = true;
          controller.enqueue(encoder.encode(': connected\n\n'));
          return;
        }
        const messages = either.aborted ? null : await next(either);
        if (gone.signal.aborted) return;
        if (messages === null || either.aborted) controller.close();
        else
          controller.enqueue(
            encoder.encode(messages.length === 0 ? ': still here\n\n' : messages.map(format).join('')),
          );
      },
      cancel() {
        gone.abort();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    kind: 'raw',
    status: 200,
    body,
    headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  };
}

/** `data` is JSON, which has no line breaks. */
function format(message: Message): string {
  return message.id === undefined
    ? `data: ${message.data}\n\n`
    : `id: ${message.id}\ndata: ${message.data}\n\n`;
}
