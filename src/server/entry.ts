// What other folders use of the server: to start it, and to speak to it. The server itself is loaded only when it is started, so that short
// commands stay fast.
import type { RunningServer, ServeOptions } from './serve.ts';

export { type ClientAnswer, createClient, type ServerClient, type StreamMessage } from './client.ts';
export type { RunningServer, ServeOptions } from './serve.ts';

export async function serve(options: ServeOptions): Promise<RunningServer> {
  const module = await import('./serve.ts');
  return module.serve(options);
}
