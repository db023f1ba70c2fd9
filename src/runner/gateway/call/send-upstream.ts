// Sends a reserved call to the provider, and tells how it went. The agent that leaves takes its call with it.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { PauseGate } from '../pause-gate.ts';
import { type BlockedCall, blockedByNoAnswer, blockedByStatus, type Credential } from './blocked-call.ts';
import type { CallEnd } from './close-call.ts';
import { failureOf, noAnswer } from './no-answer.ts';
import { type PassedCall, passThrough } from './pass-through.ts';
import type { Method, Way } from './way-upstream.ts';

/** A call as it goes out. */
export interface OutgoingCall {
  readonly way: Way;
  readonly method: Method;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export interface UpstreamCall extends PassedCall, OutgoingCall {
  /** As it is called in the rules. */
  readonly provider: string;
  readonly credential: Credential;
  readonly onBlocked: (blocked: BlockedCall) => void;
}

const CONNECT_LIMIT_MS = 30_000;

export function sendUpstream(
  call: UpstreamCall,
  response: ServerResponse,
  gate: PauseGate,
  gone: AbortSignal,
): Promise<CallEnd> {
  if (gone.aborted) return Promise.resolve({ kind: 'not_sent', why: 'the agent left' });
  return new Promise((resolve) => {
    let isConnected = false;
    let hasAnswer = false;
    const sent = call.way.send(call.method, call.path, {
      ...call.headers,
      'content-length': call.body.length,
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
      else socket.once(call.way.isTls ? 'secureConnect' : 'connect', connected);
    });
    const failed = (error: Error): void => {
      clearTimeout(connectTimer);
      // An answer that breaks off tells its own end.
      if (hasAnswer) return;
      hasAnswer = true;
      gone.removeEventListener('abort', leave);
      if (!gone.aborted) {
        const failure = failureOf(call.way, error);
        call.onBlocked(blockedByNoAnswer(call.provider, failure));
        call.sendError(response, noAnswer(failure));
      }
      resolve(isConnected ? { kind: 'no_answer' } : { kind: 'not_sent', why: 'not_sent' });
    };
    sent.on('error', failed);
    sent.on('upgrade', (_answer, socket) => {
      socket.destroy();
      failed(new Error('it began to speak another protocol'));
    });
    sent.on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 599) {
        failed(new Error(`it answered ${status}, which is no status of an answer`));
        answer.destroy();
        return;
      }
      hasAnswer = true;
      const blocked = blockedByStatus(call.provider, call.way.origin, status, call.credential);
      if (blocked !== null) call.onBlocked(blocked);
      void passThrough(answer, call, response, gate).then((end) => {
        gone.removeEventListener('abort', leave);
        resolve(end);
      });
    });
    sent.end(call.body);
  });
}
