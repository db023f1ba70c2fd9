// Follows the record as it grows: reads the event stream, takes it up again where it broke off, and says at every
// moment whether it is connected.
import type { WireEvent } from '../../wire/record.ts';
import { backoffMs } from './backoff.ts';
import { eventStreamReader } from './event-stream.ts';

/** A server that hangs accepts connections and never answers. */
const CONNECT_PATIENCE_MS = 10_000;

export type LinkPhase =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live' }
  | {
      readonly phase: 'offline';
      readonly sinceMs: number;
      readonly retryAtMs: number;
      /** How often it was tried since, in vain: the break itself is the first. */
      readonly tries: number;
    };

export interface LiveStream {
  readonly lastSeq: () => number | null;
  /** Breaks off and connects again at once. */
  readonly reconnect: () => void;
  readonly stop: () => void;
}

export interface LiveStreamOptions {
  readonly from: number | null;
  readonly open: (lastSeq: number | null, signal: AbortSignal) => Promise<Response>;
  readonly onEvents: (events: readonly WireEvent[]) => void;
  readonly onPhase: (phase: LinkPhase) => void;
}

export function followRecord(options: LiveStreamOptions): LiveStream {
  let lastSeq = options.from;
  let stopped = false;
  let attempt = 0;
  let offlineSinceMs: number | null = null;
  let current = new AbortController();
  let wake: () => void = () => undefined;

  async function readOnce(): Promise<void> {
    current = new AbortController();
    const connecting = current;
    const patience = setTimeout(() => connecting.abort(), CONNECT_PATIENCE_MS);
    const response = await options.open(lastSeq, current.signal).finally(() => clearTimeout(patience));
    if (!response.ok || response.body === null)
      throw new Error(`the stream was refused (${response.status})`);
    attempt = 0;
    offlineSinceMs = null;
    options.onPhase({ phase: 'live' });
    const reader = eventStreamReader();
    const decoder = new TextDecoder();
    const body = response.body.getReader();
    for (;;) {
      const { done, value } = await body.read();
      if (done) return;
      const events = reader
        .feed(decoder.decode(value, { stream: true }))
        .flatMap((message) => eventIn(message.data));
      const last = events.at(-1);
      if (last === undefined) continue;
      lastSeq = last.seq;
      options.onEvents(events);
    }
  }

  async function follow(): Promise<void> {
    options.onPhase({ phase: 'connecting' });
    while (!stopped) {
      // However the stream ended, cut or refused, the answer is the same: say so, wait, go on from the last event.
      await readOnce().catch(() => undefined);
      if (stopped) return;
      const nowMs = Date.now();
      offlineSinceMs ??= nowMs;
      const waitMs = backoffMs(attempt, Math.random());
      attempt += 1;
      options.onPhase({
        phase: 'offline',
        sinceMs: offlineSinceMs,
        retryAtMs: nowMs + waitMs,
        tries: attempt,
      });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  void follow();
  return {
    lastSeq: () => lastSeq,
    reconnect() {
      current.abort();
      wake();
    },
    stop() {
      stopped = true;
      current.abort();
      wake();
    },
  };
}

function eventIn(data: string): readonly WireEvent[] {
  const value: unknown = JSON.parse(data);
  const isEvent = typeof value === 'object' && value !== null && 'seq' in value && 'event_type' in value;
  return isEvent ? [value as WireEvent] : [];
}
