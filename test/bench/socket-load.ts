// A load of JSON requests over plain sockets, one request at a time on each: cheap enough that the server is what is measured, and
// not the client.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  readonly connections: number;
  readonly forMs: number;
  /** Of the n-th request. */
  readonly body: (n: number) => string;
  readonly expectedStatus: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

/** Throws on any answer with another status. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const sockets = await Promise.all(
    Array.from({ length: options.connections }, () => connected(options.port)),
  );
  const latenciesMs: number[] = [];
  const startedMs = performance.now();
  let n = 0;
  const client = async (socket: Socket): Promise<void> => {
    const exchange = exchangeOn(socket);
    while (performance.now() - startedMs < options.forMs) {
      const sentMs = performance.now();
      const { status, head } = await exchange(requestOf(options, options.body(n++)));
      if (status !== options.expectedStatus) throw new Error(`${options.path} answered ${head}`);
      latenciesMs.push(performance.now() - sentMs);
    }
  };
  await Promise.all(sockets.map(client));
  const seconds = (performance.now() - startedMs) / 1_000;
  for (const socket of sockets) socket.destroy();
  return { perSecond: latenciesMs.length / seconds, latenciesMs };
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function requestOf({ port, path, secret }: LoadOptions, body: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${secret}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

interface Received {
  readonly status: number;
  readonly head: string;
}

function exchangeOn(socket: Socket): (request: string) => Promise<Received> {
  let text = '';
  let waiting: { resolve(received: Received): void; reject(error: Error): void } | null = null;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    text += chunk;
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
    if (length === undefined) {
      waiting?.reject(new Error(`an answer without a length: ${text}`));
      return;
    }
    if (text.length < headEnd + 4 + Number(length)) return;
    const received = { status: Number(text.slice(9, 12)), head: text.slice(0, 2_000) };
    text = '';
    waiting?.resolve(received);
  });
  socket.on('close', () => waiting?.reject(new Error('the connection was closed')));
  socket.on('error', (error) => waiting?.reject(error));
  return (request) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(request);
    });
}
