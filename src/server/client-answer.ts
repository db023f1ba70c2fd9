// What a client of the server takes an answer for. A refusal is a value, and so is a server that is not there.
import type { IncomingMessage } from 'node:http';
import { faultCode } from '../core/fault-code.ts';
import { isWireProblem, type WireProblem } from './wire/problem.ts';

export type ClientAnswer<T> =
  | { readonly result: 'ok'; readonly status: number; readonly body: T }
  | { readonly result: 'problem'; readonly status: number; readonly problem: WireProblem }
  /** Nothing answered. `sent`: the request may have arrived all the same. */
  | { readonly result: 'unreachable'; readonly reason: string; readonly sent: boolean };

export function readAnswer<T>(response: IncomingMessage): Promise<ClientAnswer<T>> {
  return readAll(response).then((text) => toAnswer<T>(response.statusCode ?? 0, text), unreachable);
}

export function unreachable(error: unknown): ClientAnswer<never> {
  const reason = error instanceof Error ? error.message : String(error);
  return { result: 'unreachable', reason, sent: faultCode(error) !== 'ECONNREFUSED' };
}

/** By its events: an iterator would take longer than all else that is done here. */
function readAll(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.once('error', reject);
    response.once('close', () => reject(new Error('the answer was cut off')));
  });
}

function toAnswer<T>(status: number, text: string): ClientAnswer<T> {
  const body = parseJson(text);
  if (status >= 200 && status < 300 && body !== undefined) return { result: 'ok', status, body: body as T };
  return { result: 'problem', status, problem: isWireProblem(body) ? body : strangeAnswer(status, text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not from our server, or cut: the caller says what it got.
    return undefined;
  }
}

function strangeAnswer(status: number, text: string): WireProblem {
  return {
    type: 'about:blank',
    title: 'A strange answer',
    status,
    code: 'strange_answer',
    detail: `something answered ${status} in a form that this server never uses: ${text.slice(0, 200)}`,
    hint: 'see which program has the port with `governed-agents doctor`',
  };
}
