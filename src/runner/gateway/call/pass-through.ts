// Lets a provider's answer through as it comes, while a collector looks for usage: every byte of it, but for the key that went out. A client
// that reads slowly slows the provider down; while its run is frozen the answer is drained instead, up to a bound, so that the call can
// end and be settled.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatheredBytes } from '../gathered-bytes.ts';
import { heldUntilAnswered } from '../held-bytes.ts';
import type { PauseGate } from '../pause-gate.ts';
import { type SendError, upstreamError } from './api-error.ts';
import type { CallEnd } from './close-call.ts';
import { gatheredWrites } from './gathered-writes.ts';
import { maskOf, type SecretMask } from './mask-secret.ts';
import { plainAnswer } from './plain-answer.ts';
import type { AnswerCollector, Collectors } from './usage-collector.ts';

export interface PassedCall {
  readonly collectors: Collectors;
  readonly sendError: SendError;
  /** The key or login that went out with the call and must not come back; null: none. */
  readonly secret: string | null;
}

const MAX_WAITING_BYTES = 256 * 1024;
const MAX_DRAINED_BYTES = 32 * 1024 * 1024;
/** As much of an answer as is worth telling. */
const MAX_TOLD_BYTES = 64 * 1024;
const NOT_PASSED_BACK = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** True of the bytes that came, and not of what was in them. */
const OF_PACKED = new Set(['content-encoding', 'content-length', 'content-md5', 'digest']);

export function passThrough(
  answer: IncomingMessage,
  call: PassedCall,
  response: ServerResponse,
  gate: PauseGate,
): Promise<CallEnd> {
  const isStream = /^text\/event-stream\b/i.test(answer.headers['content-type'] ?? '');
  const { bytes: plain, isUnpacked, isPlain, isWhole } = plainAnswer(answer);
  const reading = readingOf(isStream, isPlain ? call.collectors : null, response);
  const status = answer.statusCode ?? 0;
  const mask = maskOf(call.secret);
  const body = mask.body();
  // A call that was held open has a status already: what is not a stream is told in the one that it has.
  const told = response.headersSent && (!isStream || status >= 400) ? new GatheredBytes() : null;
  if (!response.headersSent) {
    response.writeHead(status, passedBack(answer.rawHeaders, mask, isUnpacked));
    if (isStream) flushSoon(response);
  }
  const writes = gatheredWrites(response);
  const pace = (): void => {
    const limit = gate.isPaused ? MAX_DRAINED_BYTES : MAX_WAITING_BYTES;
    if (writes.waitingBytes() > limit && !response.destroyed) plain.pause();
    else plain.resume();
  };
  const drained = (): void => {
    writes.flush();
    pace();
  };
  const forgetGate = gate.onChange(pace);
  response.on('drain', drained);
  return new Promise((resolve) => {
    const pass = (bytes: Buffer): void => {
      if (told === null) writes.write(bytes);
      else if (told.length <= MAX_TOLD_BYTES) told.add(bytes);
    };
    plain.on('data', (chunk: Buffer) => {
      pass(body.feed(chunk));
      reading.feed(chunk);
      pace();
    });
    // The close that follows tells all there is to know.
    plain.on('error', () => undefined);
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      forgetGate();
      response.off('drain', drained);
      pass(body.rest());
      writes.flush();
      if (told !== null) call.sendError(response, upstreamError(status, told.bytes().toString('utf8')));
      else if (isWhole()) response.end();
      else response.destroy();
      resolve({
        kind: 'answered',
        status,
        isWhole: isWhole(),
        usage: reading.usage(),
        isErrorDocument: reading.isError(),
      });
    };
    // The end goes out with the last bytes; what is cut off has none.
    plain.once('end', over);
    plain.once('close', over);
  });
}

/** What was read of the answer: nothing of one that is packed in a way that can't be undone here. */
function readingOf(
  isStream: boolean,
  collectors: Collectors | null,
  response: ServerResponse,
): Pick<AnswerCollector, 'feed' | 'usage' | 'isError'> {
  const document = isStream ? null : (collectors?.document() ?? null);
  let collector = isStream ? (collectors?.stream() ?? null) : document;
  const held = heldUntilAnswered(response);
  let kept = 0;
  return {
    feed(chunk) {
      if (collector === null) return;
      collector.feed(chunk);
      const keeps = collector.keptBytes();
      if (keeps === kept) return;
      // Of a client that left, the rest is read for what it cost; the call ends with it.
      const hasRoom = held.add(keeps - kept) || response.closed;
      kept = keeps;
      if (hasRoom) return;
      // It passes unread, and is booked whole.
      held.add(-kept);
      collector = null;
    },
    usage: () => collector?.usage() ?? null,
    isError: () => collector !== null && document?.isError() === true,
  };
}

/** Usually the first event came with the headers, and goes out with them. */
function flushSoon(response: ServerResponse): void {
  setImmediate(() => {
    if (!response.destroyed && !response.writableEnded) response.flushHeaders();
  });
}

function passedBack(rawHeaders: readonly string[], mask: SecretMask, isUnpacked: boolean): string[] {
  const passed: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    const lower = name.toLowerCase();
    if (NOT_PASSED_BACK.has(lower) || (isUnpacked && OF_PACKED.has(lower))) continue;
    passed.push(name, mask.header(value));
  }
  return passed;
}
