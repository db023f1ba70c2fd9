// The port: 127.0.0.1 and nothing else. Says who has it when it is taken, and sees whoever listens on [::1] with the same number, since a
// browser that opens http://localhost may reach that one instead of us.
import { request, type Server } from 'node:http';
import { OperationError } from '../../core/fault.ts';
import { acceptsConnections } from '../../process/entry.ts';

const PATIENCE_MS = 300;

export async function listen(server: Server, port: number): Promise<number> {
  if (port !== 0 && (await isOtherLoopbackTaken(port))) throw otherListener(port);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') void portTaken(port).then(reject, reject);
      else reject(cantListen(port, cause));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('a server that listens on TCP has a port');
  return address.port;
}

/** Never by this server, which is not there. */
export function isOtherLoopbackTaken(port: number): Promise<boolean> {
  return acceptsConnections('::1', port);
}

export function otherLoopbackWarning(port: number): string {
  return `something else listens on [::1]:${port}: a browser that opens http://localhost:${port} may reach it instead of this server; use http://127.0.0.1:${port}, and find out what it is`;
}

function otherListener(port: number): OperationError {
  return new OperationError({
    op: 'start the server',
    code: 'other_listener',
    message: `something else listens on [::1]:${port}, and a browser that opens http://localhost:${port} would reach it instead of this server`,
    hint: `stop it (\`governed-agents doctor\` helps to find it), or serve on another port with --port`,
  });
}

async function portTaken(port: number): Promise<OperationError> {
  const isOurs = await looksLikeUs(port);
  return new OperationError({
    op: 'start the server',
    code: 'port_in_use',
    message: isOurs
      ? `port ${port} is in use by a governed-agents server of another project`
      : `port ${port} is in use by another program`,
    hint: 'choose another with --port, or under [server] port in governed.toml (each project has its own)',
  });
}

/** Only our /health answers exactly this. */
function looksLikeUs(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path: '/health', timeout: PATIENCE_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk.slice(0, 100);
      });
      response.once('end', () => resolve(body === '{"ok":true}'));
      response.once('error', () => resolve(false));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

function cantListen(port: number, cause: Error): OperationError {
  return new OperationError({
    op: 'start the server',
    code: 'cant_listen',
    message: `can't listen on 127.0.0.1:${port}: ${cause.message}`,
    hint: 'choose another port with --port',
    cause,
  });
}
