// A model provider that takes calls and never answers: what was reserved for them stays open.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface SilentProvider {
  readonly url: string;
  /** The first call has arrived. */
  readonly called: Promise<void>;
  close(): void;
}

export async function startSilentProvider(): Promise<SilentProvider> {
  let arrived = (): void => undefined;
  const called = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const server = createServer((request) => {
    request.resume();
    arrived();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    called,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
