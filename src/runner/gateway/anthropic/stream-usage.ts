// Finds the usage in a stream of Messages events as its bytes go by. Only lines that hold `"usage"` are parsed; usage counts as
// complete when the stream began with a trusted report and a later one came with the reason why the model stopped.
import type { UsageCollector } from '../call/usage-collector.ts';
import { type CacheLife, highest, isRecord, readUsage, toCallUsage, type UsageReport } from './usage.ts';

const NEWLINE = 10;
const MARK = '"usage"';
/** An event longer than this is not held to be looked through; the call is then booked whole. */
const MAX_LINE_BYTES = 8 * 1024 * 1024;

export function collectStreamUsage(unsplit: CacheLife): UsageCollector {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let started: UsageReport | null = null;
  let hasStopped = false;
  let isBroken = false;

  const take = (line: string): void => {
    const event = parseData(line);
    if (event === null) isBroken = true;
    else if (event['type'] === 'message_start') {
      const message = event['message'];
      note(readUsage(isRecord(message) ? message['usage'] : null, true));
    } else if (event['type'] === 'message_delta') {
      if (started === null) isBroken = true;
      note(readUsage(event['usage'], false));
      const delta = event['delta'];
      if (isRecord(delta) && typeof delta['stop_reason'] === 'string') hasStopped = true;
    }
  };
  const note = (report: UsageReport | null): void => {
    if (report === null) isBroken = true;
    else started = started === null ? report : highest(started, report);
  };

  return {
    feed(chunk) {
      if (isBroken) return;
      const last = chunk.lastIndexOf(NEWLINE);
      if (last === -1) {
        pending.push(chunk);
        pendingBytes += chunk.length;
      } else {
        const lines = chunk.subarray(0, last + 1);
        forEachMarked(pending.length === 0 ? lines : Buffer.concat([...pending, lines]), take);
        pending = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : [];
        pendingBytes = chunk.length - last - 1;
      }
      if (pendingBytes <= MAX_LINE_BYTES) return;
      isBroken = true;
      pending = [];
    },
    usage() {
      if (isBroken || !hasStopped || started === null) return null;
      return toCallUsage(started, unsplit);
    },
  };
}

/** `bytes` are whole lines. Text of the model can't hold the mark: its quotes are escaped. */
function forEachMarked(bytes: Buffer, take: (line: string) => void): void {
  for (let at = bytes.indexOf(MARK); at !== -1; ) {
    const start = bytes.lastIndexOf(NEWLINE, at) + 1;
    const end = bytes.indexOf(NEWLINE, at);
    take(bytes.toString('utf8', start, end === -1 ? bytes.length : end));
    at = end === -1 ? -1 : bytes.indexOf(MARK, end);
  }
}

/** Null when it is not one whole JSON object: a report that can't be read must not be skipped. */
function parseData(line: string): Record<string, unknown> | null {
  if (!line.startsWith('data:')) return null;
  try {
    const value: unknown = JSON.parse(line.slice('data:'.length));
    return isRecord(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
