// The throwaway process: tries each thing as any program of this user could, and prints what worked.

import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { faultCode } from '../../core/fault-code.ts';
import type { Reach, Targets } from './reach.ts';

const NO_STATE = 'there is no state here yet';
const NO_SERVER = 'the server is not running';

export async function tryAsAgent(): Promise<void> {
  const targets = JSON.parse(await text(process.stdin)) as Targets;
  process.stdout.write(JSON.stringify(await tryAll(targets)));
}

async function tryAll({ operatorToken, store, server, home }: Targets): Promise<readonly Reach[]> {
  return [
    attempt(
      'read the operator token, and decide with it',
      operatorToken,
      NO_STATE,
      (path) => `${readFileSync(path).length} bytes of ${path}`,
    ),
    attempt('read the store', store, NO_STATE, (path) => opened(path, 'r')),
    attempt('write the store past the governor', store, NO_STATE, (path) => opened(path, 'r+')),
    attempt('signal the server (stop it, kill it)', server, NO_SERVER, ({ pid }) => {
      process.kill(pid, 0);
      return `process ${pid}`;
    }),
    attempt('read the server’s environment', server, NO_SERVER, ({ pid }) => {
      const path = `/proc/${pid}/environ`;
      return `${readFileSync(path).length} bytes of ${path}`;
    }),
    await tryConnect(server),
    attempt('read your home folder', home, 'there is none', readable),
  ];
}

function attempt<T>(what: string, target: T | null, absent: string, act: (target: T) => string): Reach {
  if (target === null) return { what, can: null, detail: absent };
  try {
    return { what, can: true, detail: act(target) };
  } catch (error) {
    const code = faultCode(error) ?? String(error);
    const isAbsent = code === 'ENOENT' || code === 'ESRCH';
    return { what, can: isAbsent ? null : false, detail: isAbsent ? absent : code };
  }
}

/** Opening for writing is what writing needs; not a byte is written. */
function opened(path: string, flags: 'r' | 'r+'): string {
  closeSync(openSync(path, flags));
  return path;
}

function readable(home: string): string {
  const names = readdirSync(home);
  const file = names
    .map((name) => join(home, name))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
  if (file !== undefined) closeSync(openSync(file, 'r'));
  return `${names.length} entries in ${home}${file === undefined ? '' : `, such as ${file}`}`;
}

function tryConnect(server: Targets['server']): Promise<Reach> {
  const what = 'connect to the server’s port';
  if (server === null) return Promise.resolve({ what, can: null, detail: NO_SERVER });
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: server.port });
    const done = (can: boolean | null, detail: string): void => {
      socket.destroy();
      resolve({ what, can, detail });
    };
    socket.setTimeout(1_000, () => done(false, 'no answer'));
    socket.once('connect', () => done(true, `127.0.0.1:${server.port}; without a token it is refused`));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNREFUSED' ? done(null, NO_SERVER) : done(false, error.code ?? error.message),
    );
  });
}
