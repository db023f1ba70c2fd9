// What a probe's model is served by, on loopback alone: each answer is a stream of events at once. It costs nothing and never leaves the
// machine.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ProbeServer {
  readonly url: string;
  close(): void;
}

export interface ProbeCall {
  readonly method: string | undefined;
  readonly path: string;
  readonly body: string;
}

export interface ProbeEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** `answer` gives null for what is not there. */
export async function probeServer(
  answer: (call: ProbeCall) => readonly ProbeEvent[] | null,
): Promise<ProbeServer> {
  const server = createServer(async (incoming, response) => {
    const { method, url: path = '/' } = incoming;
    const events = answer({ method, path, body: await text(incoming) });
    if (events === null) {
      response.writeHead(404).end('{}');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
