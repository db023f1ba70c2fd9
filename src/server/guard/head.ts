// Reads the head of a request from its raw headers, once, and refuses what a browser on another site or a confused proxy could send:
// anything but exactly one Host that is ours in every view of the request, a foreign Origin, a doubled header that decides something.
import { type Problem, problem } from '../problem.ts';

/** The raw head as Node's parser gives it; a test hands in its own. */
export interface RawHead {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
}

export interface Head {
  readonly method: string;
  readonly authorization: string | null;
  readonly cookie: string | null;
  readonly session: string | null;
  readonly governedAs: string | null;
  readonly contentType: string | null;
  readonly contentLength: string | null;
  readonly transferEncoding: string | null;
  readonly origin: string | null;
  readonly fetchSite: string | null;
  readonly lastEventId: string | null;
}

type Seen = { -readonly [key in Exclude<keyof Head, 'method'>]: string | null } & { host: string | null };

const FIELDS: Readonly<Record<string, keyof Seen>> = {
  host: 'host',
  authorization: 'authorization',
  cookie: 'cookie',
  'x-governed-session': 'session',
  'x-governed-as': 'governedAs',
  'content-type': 'contentType',
  'content-length': 'contentLength',
  'transfer-encoding': 'transferEncoding',
  origin: 'origin',
  'sec-fetch-site': 'fetchSite',
  'last-event-id': 'lastEventId',
};

export type HeadRead =
  | { readonly ok: true; readonly head: Head }
  | { readonly ok: false; readonly why: Problem };

export function readHead(raw: RawHead, port: number): HeadRead {
  const seen: Seen = {
    host: null,
    authorization: null,
    cookie: null,
    session: null,
    governedAs: null,
    contentType: null,
    contentLength: null,
    transferEncoding: null,
    origin: null,
    fetchSite: null,
    lastEventId: null,
  };
  for (let at = 0; at + 1 < raw.rawHeaders.length; at += 2) {
    const name = raw.rawHeaders[at]?.toLowerCase() ?? '';
    if (!Object.hasOwn(FIELDS, name)) continue;
    const field = FIELDS[name];
    if (field === undefined) continue;
    if (seen[field] !== null) return refuse(400, 'duplicate_header', `the request has more than one ${name}`);
    seen[field] = raw.rawHeaders[at + 1] ?? '';
  }
  const why =
    wrongHost(seen.host, raw.url ?? '', port) ?? wrongMethod(raw.method) ?? wrongOrigin(seen.origin, port);
  if (why !== null) return { ok: false, why };
  return { ok: true, head: { ...seen, method: raw.method ?? '' } };
}

function refuse(status: number, code: string, detail: string): HeadRead {
  return { ok: false, why: problem(status, code, detail) };
}

function ownHosts(port: number): readonly string[] {
  return [`localhost:${port}`, `127.0.0.1:${port}`];
}

function wrongHost(host: string | null, target: string, port: number): Problem | null {
  if (host === null) return problem(400, 'no_host', 'the request has no Host');
  if (!ownHosts(port).includes(host)) {
    return problem(
      421,
      'wrong_host',
      'this server answers as localhost and 127.0.0.1 only',
      `use http://localhost:${port}`,
    );
  }
  if (target.startsWith('/')) return null;
  const absolute = `http://${host}`;
  if (target === absolute || target.startsWith(`${absolute}/`)) return null;
  if (/^https?:\/\//i.test(target))
    return problem(421, 'wrong_host', 'the target of the request names another host than its Host');
  return problem(400, 'bad_target', 'the target of the request is not a path');
}

function wrongMethod(method: string | undefined): Problem | null {
  if (method === 'GET' || method === 'POST' || method === 'DELETE') return null;
  return problem(405, 'method_not_allowed', 'this server takes GET, POST and DELETE');
}

function wrongOrigin(origin: string | null, port: number): Problem | null {
  if (origin === null || ownHosts(port).some((host) => origin === `http://${host}`)) return null;
  return problem(403, 'foreign_origin', 'a page of another origin may not speak to this server');
}
