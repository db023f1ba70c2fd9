// Starts the server for other folders. It is loaded only when it is started, so that short commands stay fast.
import type { RunningServer, ServeOptions } from './serve.ts';

export type { RunningServer, ServeOptions } from './serve.ts';

export async function serve(options: ServeOptions): Promise<RunningServer> {
  const module = await import('./serve.ts');
  return module.serve(options);
}
