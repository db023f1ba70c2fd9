// The ready executor http-request: one request, to a host that the operator listed, with the idempotency key of the approval. It follows
// no redirect, and it says `failed` only when nothing can have happened.
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import type { Socket } from 'node:net';
import * as z from 'zod';
import type { HttpRequestSettings } from '../../../core/rules/program-rules.ts';
import { type ActionContext, type ActionReport, failed, readPayload } from './action.ts';

const payloadShape = z.strictObject({
  url: z.string().max(8_192),
  method: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Sent as JSON. */
  json: z.unknown().optional(),
  /** Sent as it is. */
  text: z.string().optional(),
});

/** Not the payload's: they decide where a request ends, what it does there, or whose it is. */
const NEVER_OF_PAYLOAD =
  /^(authorization|connection|content-length|cookie|expect|forwarded|host|idempotency-key|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|x-forwarded-.*|x-host|x-http-method.*|x-method-override|x-original-.*|x-real-ip|x-rewrite-url)$/;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const MOST_ANSWER_BYTES = 1024 * 1024;
const SHOWN_CHARACTERS = 4_096;
/** Of the time that is allowed, what is kept for saying what happened. */
const SPARE_MS = 1_000;

interface Sent {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly secrets: readonly string[];
}

export async function httpRequest(
  payload: unknown,
  settings: HttpRequestSettings,
  context: ActionContext,
): Promise<ActionReport> {
  const read = readPayload(payloadShape, payload);
  if (!read.ok) return read.why;
  const made = makeRequest(read.value, settings, context);
  return typeof made === 'string' ? failed(made) : await send(made, context.timeoutMs);
}

function makeRequest(
  payload: z.output<typeof payloadShape>,
  settings: HttpRequestSettings,
  context: ActionContext,
): Sent | string {
  if (!URL.canParse(payload.url)) return 'payload.url is no address';
  const url = new URL(payload.url);
  const problem = whyNotThere(url, settings.hosts);
  if (problem !== null) return problem;
  url.hash = '';
  // What a rule and a person read is what is asked for: no "..", "\\" or blank that is read in another way on its way out.
  const [written = ''] = payload.url.split('#');
  if (url.href !== written && url.href !== `${written}/`)
    return `payload.url is not written as it would be sent: write ${url.href}`;
  const method = payload.method ?? settings.methods[0] ?? 'POST';
  if (!settings.methods.includes(method))
    return `the method ${JSON.stringify(method)} is not among the allowed ones: ${settings.methods.join(', ')}`;
  if (payload.json !== undefined && payload.text !== undefined)
    return 'the payload has both json and text: a request has one body';
  const body = payload.json === undefined ? (payload.text ?? null) : JSON.stringify(payload.json);
  const headers: Record<string, string> = {};
  if (body !== null)
    headers['content-type'] = payload.json === undefined ? 'text/plain; charset=utf-8' : 'application/json';
  for (const [given, value] of Object.entries(payload.headers ?? {})) {
    const name = given.toLowerCase();
    const isOperators = Object.hasOwn(settings.headers, name);
    if (!HEADER_NAME.test(name) || isOperators || NEVER_OF_PAYLOAD.test(name))
      return `the header ${JSON.stringify(given)} is not a payload's to set`;
    if (!HEADER_VALUE.test(value)) return `the header ${name} has a value that can't be sent`;
    headers[name] = value;
  }
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(settings.headers)) {
    if (typeof value === 'string') {
      headers[name] = value;
      continue;
    }
    const secret = context.env[value.env];
    if (secret === undefined || secret === '')
      return `${value.env} is not set in the server's environment, and the header ${name} needs it`;
    if (!HEADER_VALUE.test(secret)) return `${value.env} can't be sent as a header`;
    secrets.push(secret);
    headers[name] = value.prefix + secret;
  }
  headers['idempotency-key'] = context.idempotencyKey;
  headers['user-agent'] ??= 'governed-agents';
  if (body !== null) headers['content-length'] = String(Buffer.byteLength(body));
  return { url, method, headers, body, secrets };
}

function whyNotThere(url: URL, hosts: readonly string[]): string | null {
  if (url.username !== '' || url.password !== '') return 'payload.url holds a user name or password';
  const isLocal = LOOPBACK.has(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal))
    return `payload.url must begin with https:// (http:// only for this machine), not ${url.protocol}//`;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (hosts.some((host) => covers(host, url, port))) return null;
  return `${url.host} is not among the allowed hosts: ${hosts.join(', ')}`;
}

/** A host without a port is the usual port of the address's scheme. */
function covers(allowed: string, url: URL, port: string): boolean {
  const [, name = '', given] = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(allowed) ?? [];
  if ((given ?? (url.protocol === 'https:' ? '443' : '80')) !== port) return false;
  return name.startsWith('*.') ? url.hostname.endsWith(name.slice(1)) : url.hostname === name;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Nothing is sent before the connection stands; from then on the other side may have acted. */
function send(sent: Sent, timeoutMs: number): Promise<ActionReport> {
  return new Promise((resolve) => {
    let mayHaveArrived = false;
    const isTls = sent.url.protocol === 'https:';
    const outgoing = (isTls ? requestTls : requestPlain)(sent.url, {
      method: sent.method,
      headers: sent.headers,
      agent: false,
    });
    const end = (report: ActionReport): void => {
      clearTimeout(timer);
      outgoing.destroy();
      resolve(report);
    };
    const broke = (why: string): void => {
      const isSafe = sent.method === 'GET' || sent.method === 'HEAD';
      end({
        outcome: mayHaveArrived && !isSafe ? 'unknown' : 'failed',
        detail: { reason: why, request_may_have_arrived: mayHaveArrived },
      });
    };
    const limitMs = Math.max(timeoutMs / 2, timeoutMs - SPARE_MS);
    const timer = setTimeout(() => broke(`no answer within ${Math.round(limitMs)} ms`), limitMs);
    outgoing.on('socket', (socket: Socket) => {
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        mayHaveArrived = true;
      });
    });
    outgoing.on('error', (error) => broke(error.message));
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const answered = (): void => {
        const { statusCode: status = 0, headers } = incoming;
        end(reportOf({ status, headers, text: Buffer.concat(chunks).toString('utf8') }, sent));
      };
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes <= MOST_ANSWER_BYTES) chunks.push(chunk);
        else answered();
      });
      incoming.on('end', answered);
      // The head has arrived whole: what it says stands, whatever becomes of the rest.
      incoming.on('error', answered);
    });
    outgoing.end(sent.body ?? undefined);
  });
}

function reportOf(reply: Reply, sent: Sent): ActionReport {
  const { status } = reply;
  const kept = ['content-type', 'location', 'retry-after', 'x-request-id'].flatMap((name) => {
    const value = reply.headers[name];
    return typeof value === 'string' ? [[name, hideSecrets(value, sent.secrets)] as const] : [];
  });
  const shown = hideSecrets(reply.text, sent.secrets);
  return {
    outcome: outcomeOf(status, sent.method),
    detail: {
      status,
      headers: Object.fromEntries(kept),
      body: shown.slice(0, SHOWN_CHARACTERS),
      ...(shown.length > SHOWN_CHARACTERS ? { body_cut_at: SHOWN_CHARACTERS } : {}),
      ...(status >= 300 && status < 400 ? { reason: 'a redirect is not followed' } : {}),
    },
  };
}

/** A server that failed may have acted before it did; "see other" is said after acting. */
function outcomeOf(status: number, method: string): ActionReport['outcome'] {
  if (status >= 200 && status < 300) return 'executed';
  const isSafe = method === 'GET' || method === 'HEAD';
  const mayHaveActed = status >= 500 || status === 303 || status === 408 || status < 200;
  return mayHaveActed && !isSafe ? 'unknown' : 'failed';
}

/** Some services repeat what they were sent, and the report goes into the record. */
function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
}
