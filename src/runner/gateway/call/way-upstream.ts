// Over which connections calls go to a provider: straight ones, or through the proxy that the operator's environment names for https. The
// proxy sees the provider's name and no more: what is said is encrypted from end to end.
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { urlToHttpOptions } from 'node:url';

type Environment = Readonly<Record<string, string | undefined>>;
type Connected = (error: Error | null, stream: Duplex) => void;

/** Idle connections go early, before the provider closes them: a request into a closing one would be booked whole. */
const HTTPS_OPTIONS = { keepAlive: true, timeout: 15_000 };
const httpAgent = new HttpAgent({ keepAlive: true, timeout: 4_000 });
const httpsAgent = new HttpsAgent(HTTPS_OPTIONS);
const throughProxy = new Map<string, HttpsAgent>();

export type Method = 'GET' | 'POST';

/** How calls to one provider go out; made once, since an address costs more to read than a call to begin. */
export interface Way {
  readonly origin: string;
  readonly isTls: boolean;
  send(method: Method, path: string, headers: OutgoingHttpHeaders, signal?: AbortSignal): ClientRequest;
}

/** `base`: what the paths of calls are put behind. */
export function wayTo(base: string, proxy: URL | null): Way {
  const url = new URL(base);
  const isTls = url.protocol === 'https:';
  const { protocol, hostname, port, auth } = urlToHttpOptions(url);
  const agent = isTls ? agentThrough(proxy) : httpAgent;
  const to = { protocol, hostname, port, auth, agent };
  const request = isTls ? httpsRequest : httpRequest;
  const start = url.pathname.replace(/\/$/, '');
  return {
    origin: url.origin,
    isTls,
    send: (method, path, headers, signal) =>
      request({
        ...to,
        method,
        path: `${start}${path}`,
        headers,
        ...(signal === undefined ? {} : { signal }),
      }),
  };
}

function agentThrough(proxy: URL | null): HttpsAgent {
  if (proxy === null) return httpsAgent;
  const agent = throughProxy.get(proxy.href) ?? new ProxiedAgent(proxy);
  throughProxy.set(proxy.href, agent);
  return agent;
}

/** Null: the way is straight. `unreadable`: what stands in HTTPS_PROXY is no address. */
export function proxyFor(base: string, env: Environment): URL | null | 'unreadable' {
  const target = new URL(base);
  const named = env['HTTPS_PROXY'] ?? env['https_proxy'] ?? '';
  if (named === '' || target.protocol !== 'https:' || isExempt(target, env)) return null;
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  const proxy = URL.canParse(address) ? new URL(address) : null;
  return proxy !== null && /^https?:$/.test(proxy.protocol) ? proxy : 'unreadable';
}

function isExempt({ hostname, port }: URL, env: Environment): boolean {
  const names = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(/[\s,]+/).filter((name) => name !== '');
  return names.some((name) => {
    if (name === '*') return true;
    const [host = '', only] = name
      .toLowerCase()
      .replace(/^\*?\./, '')
      .split(':');
    const isOfHost = hostname === host || hostname.endsWith(`.${host}`);
    return isOfHost && (only === undefined || only === (port === '' ? '443' : port));
  });
}

class ProxiedAgent extends HttpsAgent {
  readonly #proxy: URL;

  constructor(proxy: URL) {
    super(HTTPS_OPTIONS);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, connected?: Connected): undefined {
    const host = options.host ?? '';
    const { protocol, hostname, port, username, password, host: name } = this.#proxy;
    const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    const fail = (why: string): void => connected?.(new Error(`the proxy ${name} ${why}`), new Duplex());
    const asked = (protocol === 'https:' ? httpsRequest : httpRequest)({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : port,
      path: `${host}:${options.port ?? 443}`,
      agent: false,
      headers: {
        host: `${host}:${options.port ?? 443}`,
        ...(username === '' ? {} : { 'proxy-authorization': `Basic ${login.toString('base64')}` }),
      },
    });
    asked.once('error', (error) => fail(`can't be reached (${error.message})`));
    asked.once('response', (answer) => {
      answer.destroy();
      fail(`refused the connection with ${answer.statusCode}`);
    });
    asked.once('connect', (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        fail(`refused the connection with ${answer.statusCode}`);
        return;
      }
      const secured = connectTls({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) });
      const broken = (error: Error): void => connected?.(error, secured);
      secured.once('error', broken);
      secured.once('secureConnect', () => {
        secured.off('error', broken);
        connected?.(null, secured);
      });
    });
    asked.end();
    return undefined;
  }
}
