// A run's only door: one listener on a Unix socket and one on a loopback port. It meters model calls, forwards the run's own routes to
// the server, and lets nothing else through. What reaches it here speaks for this run and no other.
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, ListenOptions, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OperationError } from '../../core/fault.ts';
import { wait } from '../link/backoff.ts';
import { socketPlace } from '../socket-place.ts';
import { digestOf, type Entrance, enter } from './entrance.ts';
import { type RouteContext, routeRequest } from './route-request.ts';
import { NOT_FOUND, notAvailableYet, problemBody, sendProblem } from './send-problem.ts';

export interface Gateway {
  /** For an unconfined agent: the loopback port, with the secret as first segment; no slash at its end. Without a port, the socket's URL. */
  readonly url: string;
  readonly socketPath: string;
  /** Ends every open exchange and resolves when their calls have been handed on to be settled. */
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 65_000;
/** Of each listener: an agent that opens connections without end must not use up the descriptors that its supervision needs. */
const MOST_CONNECTIONS = 512;
/** One at a time on a connection: of those behind it nobody could tell when whoever asked has left. */
const busy = new WeakSet<Socket>();
const CLOSE_LIMIT_MS = 3_000;
/** A frozen client sends the rest of its request when it goes on, however long that takes. */
const OF_FROZEN_CLIENTS = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, headersTimeout: 0 };

export interface GatewayPlace {
  readonly socketPath: string;
  /** On loopback, for an agent that is not in a jail. */
  readonly hasPort: boolean;
}

export async function openGateway(
  context: RouteContext,
  { socketPath: wanted, hasPort }: GatewayPlace,
): Promise<Gateway> {
  const place = socketPlace(wanted);
  const secret = randomBytes(24).toString('base64url');
  let port = 0;
  const exchanges = new Set<Promise<void>>();
  const bySocket = serve({ kind: 'socket' }, context, exchanges);
  const byPort = serve(
    { kind: 'port', secretDigest: digestOf(secret), port: () => port },
    context,
    exchanges,
  );
  try {
    await listen(bySocket, { path: place.path });
    chmodSync(place.path, 0o600);
    if (hasPort) await listen(byPort, { host: '127.0.0.1', port: 0 });
  } catch (cause) {
    bySocket.close();
    place.remove();
    throw notOpened(place.path, cause);
  }
  if (hasPort) port = (byPort.address() as AddressInfo).port;
  return {
    url: hasPort ? `http://127.0.0.1:${port}/${secret}` : `unix:${place.path}`,
    socketPath: place.path,
    async close() {
      for (const server of [bySocket, byPort]) {
        server.close();
        server.closeAllConnections();
      }
      const limit = new AbortController();
      await Promise.race([Promise.all(exchanges), wait(CLOSE_LIMIT_MS, limit.signal)]);
      limit.abort();
      place.remove();
    },
  };
}

function serve(entrance: Entrance, context: RouteContext, exchanges: Set<Promise<void>>): Server {
  const server = createServer(OF_FROZEN_CLIENTS, (request, response) => {
    const { socket } = request;
    if (busy.has(socket)) {
      socket.destroy();
      return;
    }
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
    const path = enter(entrance, request);
    if (path === null) {
      sendProblem(response, NOT_FOUND);
      return;
    }
    const exchange: Promise<void> = exchangeOf(context, path, request, response).finally(() =>
      exchanges.delete(exchange),
    );
    exchanges.add(exchange);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.on('connect', (_request, socket) => refuseRaw(socket, 'a connection to another host'));
  server.on('upgrade', (_request, socket) => refuseRaw(socket, 'another protocol than HTTP'));
  return server;
}

async function exchangeOf(
  context: RouteContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  await routeRequest(context, path, request, response, gone.signal);
}

function refuseRaw(socket: Duplex, what: string): void {
  const body = JSON.stringify(problemBody(notAvailableYet(what)));
  // Whoever asked may have left already.
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 501 Not Implemented\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function notOpened(socketPath: string, cause: unknown): OperationError {
  return new OperationError({
    op: 'open the gateway of a run',
    code: 'gateway_not_opened',
    message: `The gateway of the run could not be opened at ${socketPath} and a loopback port: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: 'Check that the state folder is writable and that this user may open sockets.',
    cause,
  });
}
