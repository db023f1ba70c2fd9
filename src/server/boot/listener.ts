// Joins Node's HTTP server and the app. What Node's parser or the adapter refuses by itself never reaches the app.
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { toResponse } from '../answer.ts';
import type { AppBindings } from '../app.ts';
import { internalProblem, problem } from '../problem.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than clients keep a connection, so that none sends a request into one that just closed. */
const KEEP_ALIVE_MS = 75_000;
const CLOSE_PATIENCE_MS = 2_000;

export type Fetch = (request: Request, bindings: AppBindings) => Response | Promise<Response>;

export interface Listener {
  readonly server: Server;
  /** From now on requests are answered by it; before, they get 503. */
  serve(fetch: Fetch): void;
  /** Answers what is under way, for a bounded time. */
  close(): Promise<void>;
}

export function createListener(onBug: (error: unknown) => void): Listener {
  let fetch: Fetch = () =>
    toResponse(problem(503, 'starting', 'the server is starting', 'try again in a moment'));
  const listener = getRequestListener((request, env) => fetch(request, { incoming: env.incoming }), {
    errorHandler(error) {
      if (error instanceof Error && error.name === 'RequestError') {
        return toResponse(problem(400, 'bad_request', 'the request can’t be understood'));
      }
      onBug(error);
      return toResponse(internalProblem());
    },
  });
  const timeouts = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server = createServer({ ...timeouts, noDelay: true }, (incoming, outgoing) => {
    listener(incoming, outgoing).catch(onBug);
  });
  return {
    server,
    serve(next) {
      fetch = next;
    },
    close() {
      return new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE_MS);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      });
    },
  };
}
