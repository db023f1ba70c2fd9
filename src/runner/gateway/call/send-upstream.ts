// Sends a reserved call to the provider and lets its answer through as it comes, to the byte, while a collector looks for usage. Tells
// how the call went. A client that reads slowly slows the provider down; while its run is frozen the answer is drained instead, up
// to a bound, so that the call can end and be settled.
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { PauseGate } from '../pause-gate.ts';
import type { ApiError, SendError } from './api-error.ts';
import type { CallEnd } from './close-call.ts';
import type { Collectors } from './usage-collector.ts';

export interface UpstreamCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** As it is called in the rules. */
  readonly provider: string;
  readonly collectors: Collectors;
  readonly sendError: SendError;
}

const CONNECT_LIMIT_MS = 30_000;
/** Idle connections go early, before the provider closes them: a request into a closing one would be booked whole. */
const httpAgent = new HttpAgent({ keepAlive: true, timeout: 4_000 });
const httpsAgent = new HttpsAgent({ keepAlive: true, timeout: 15_000 });
const MAX_WAITING_BYTES = 256 * 1024;
const MAX_DRAINED_BYTES = 32 * 1024 * 1024;
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

export function sendUpstream(
  call: UpstreamCall,
  response: ServerResponse,
  gate: PauseGate,
  gone: AbortSignal,
): Promise<CallEnd> {
  if (gone.aborted) return Promise.resolve({ kind: 'not_sent', why: 'the agent left' });
  const isTls = call.url.protocol === 'https:';
  return new Promise((resolve) => {
    let isConnected = false;
    let hasAnswer = false;
    const sent = (isTls ? httpsRequest : httpRequest)(call.url, {
      method: 'POST',
      agent: isTls ? httpsAgent : httpAgent,
      headers: { ...call.headers, 'content-length': call.body.length },
    });
    const connectTimer = setTimeout(
      () => sent.destroy(new Error('connecting took too long')),
      CONNECT_LIMIT_MS,
    );
    const connected = (): void => {
      isConnected = true;
      clearTimeout(connectTimer);
    };
    const leave = (): void => {
      sent.destroy(new Error('the agent left'));
    };
    gone.addEventListener('abort', leave);
    sent.on('socket', (socket) => {
      if (sent.reusedSocket || !socket.connecting) connected();
      else socket.once(isTls ? 'secureConnect' : 'connect', connected);
    });
    sent.on('error', (error) => {
      clearTimeout(connectTimer);
      // An answer that breaks off tells its own end.
      if (hasAnswer) return;
      gone.removeEventListener('abort', leave);
      if (!gone.aborted) call.sendError(response, noAnswer(call, error));
      resolve(isConnected ? { kind: 'no_answer' } : { kind: 'not_sent', why: 'not_sent' });
    });
    sent.on('response', (answer) => {
      hasAnswer = true;
      void passThrough(answer, call.collectors, response, gate).then((end) => {
        gone.removeEventListener('abort', leave);
        resolve(end);
      });
    });
    sent.end(call.body);
  });
}

function passThrough(
  answer: IncomingMessage,
  collectors: Collectors,
  response: ServerResponse,
  gate: PauseGate,
): Promise<CallEnd> {
  const isStream = /^text\/event-stream\b/i.test(answer.headers['content-type'] ?? '');
  const isPlain = (answer.headers['content-encoding'] ?? 'identity') === 'identity';
  const stream = isStream ? collectors.stream() : null;
  const document = isStream ? null : collectors.document();
  const collector = stream ?? document;
  const status = answer.statusCode ?? 0;
  response.writeHead(status, passedBack(answer.rawHeaders));
  if (isStream) response.flushHeaders();
  const pace = (): void => {
    const limit = gate.isPaused ? MAX_DRAINED_BYTES : MAX_WAITING_BYTES;
    if (response.writableLength > limit && !response.destroyed) answer.pause();
    else answer.resume();
  };
  const forgetGate = gate.onChange(pace);
  response.on('drain', pace);
  return new Promise((resolve) => {
    answer.on('data', (chunk: Buffer) => {
      collector?.feed(chunk);
      if (!response.destroyed) response.write(chunk);
      pace();
    });
    // The close that follows tells all there is to know.
    answer.on('error', () => undefined);
    answer.once('close', () => {
      forgetGate();
      response.off('drain', pace);
      if (answer.complete) response.end();
      else response.destroy();
      resolve({
        kind: 'answered',
        status,
        isWhole: answer.complete,
        usage: isPlain ? (collector?.usage() ?? null) : null,
        isErrorDocument: isPlain && document?.isError() === true,
      });
    });
  });
}

function passedBack(rawHeaders: readonly string[]): string[] {
  const passed: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!NOT_PASSED_BACK.has(name.toLowerCase())) passed.push(name, value);
  }
  return passed;
}

function noAnswer({ url, provider }: UpstreamCall, error: Error): ApiError {
  const message = `the model provider at ${url.origin} gave no answer (${error.message}); check the network and base_url in [providers.${provider}]`;
  return { status: 502, type: 'api_error', message, shouldRetry: true };
}
