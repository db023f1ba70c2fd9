// The app without a socket: the same routes over a real state, asked with `app.request()` and a raw head of the test's making.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateLayout } from '../../src/config/entry.ts';
import { sha256Hex } from '../../src/core/canonical.ts';
import { endRun } from '../../src/governor/run/end-run.ts';
import { registerRun } from '../../src/governor/run/register-run.ts';
import { mintSessionCode, openSession } from '../../src/governor/sessions.ts';
import { createApp } from '../../src/server/app.ts';
import { Closers } from '../../src/server/boot/closers.ts';
import { type OpenState, openState } from '../../src/server/boot/open-state.ts';
import { prepareStateFolder } from '../../src/server/boot/state-folder.ts';
import type { ServerContext } from '../../src/server/context.ts';
import { createRunVolume } from '../../src/server/guard/run-volume.ts';
import { createFlagForged } from '../../src/server/identity/flag-forged.ts';
import { createIdentify } from '../../src/server/identity/identify.ts';
import { cookieName } from '../../src/server/operator/session.ts';
import type { Route } from '../../src/server/route.ts';
import { allRoutes } from '../../src/server/routes.ts';
import { registration } from '../governor/inputs.ts';
import { PROJECT_ID, writeProject } from './project-fixture.ts';

export const PORT = 8005;

export interface AppFixture {
  readonly context: ServerContext;
  readonly routes: readonly Route[];
  readonly bugs: unknown[];
  token(kind: 'operator' | 'viewer' | 'brake' | 'runner'): string;
  /** A live run's id and secret. */
  newRun(): { readonly runId: string; readonly secret: string };
  endedRun(): { readonly runId: string; readonly secret: string };
  session(): { readonly cookie: string; readonly secret: string };
  send(
    method: string,
    path: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Response>;
  close(): Promise<void>;
}

export async function createAppFixture(): Promise<AppFixture> {
  const root = mkdtempSync(join(tmpdir(), 'governed-app-'));
  const projectDir = join(root, 'project');
  writeProject(projectDir);
  const layout = stateLayout(join(root, 'state'));
  prepareStateFolder(layout);
  const closers = new Closers(() => undefined);
  const about = { layout, projectDir, projectId: PROJECT_ID, clock: Date.now, log: () => undefined };
  const state: OpenState = await openState(about, closers);
  const closing = new AbortController();
  const rest = {
    port: PORT,
    warnings: () => [],
    closing: closing.signal,
    version: 'test',
    startedAtMs: Date.now(),
    keepsWatchdog: false,
  };
  const context: ServerContext = { ...state, ...rest };
  const routes = allRoutes(context, join(root, 'none'));
  const bugs: unknown[] = [];
  const { store, tokens } = state;
  const app = createApp({
    volume: createRunVolume(() => performance.now()),
    port: PORT,
    routes,
    closing: closing.signal,
    mirror: context.mirror,
    identify: createIdentify({ store, tokens, cookieName: cookieName(PORT), clock: Date.now }),
    flagForged: createFlagForged(context),
    onBug: (error) => bugs.push(error),
  });
  const changes = await context.changes.read();
  await context.changes.accept(changes.edited ?? '', { kind: 'operator', id: null });
  let made = 0;
  const newRun = () => {
    made += 1;
    const secret = `grs_test${made}`;
    const registered = context.governor.commitNow((tx) =>
      registerRun(tx, registration({ secretHash: sha256Hex(secret) })),
    );
    if (registered.result !== 'registered') throw new Error(registered.detail);
    return { runId: registered.runId, secret };
  };
  return {
    context,
    routes,
    bugs,
    newRun,
    token: (kind) => readFileSync(join(layout.keys, `${kind}.token`), 'utf8').trim(),
    endedRun() {
      const run = newRun();
      const end = { runId: run.runId, status: 'succeeded', reason: 'done', exitCode: 0 } as const;
      context.governor.commitNow((tx) => endRun(tx, { ...end, actor: { kind: 'runner', id: null } }));
      return run;
    },
    session() {
      const opened = context.governor.commitNow((tx) => openSession(tx, mintSessionCode(tx).code));
      if (opened.result !== 'opened') throw new Error(opened.detail);
      return { cookie: `${cookieName(PORT)}=${opened.cookie}`, secret: opened.secret };
    },
    async send(method, path, headers = {}, body) {
      const all: Record<string, string> = { host: `localhost:${PORT}`, ...headers };
      if (body !== undefined) {
        all['content-type'] ??= 'application/json';
        all['content-length'] ??= String(Buffer.byteLength(body));
      }
      const incoming = { method, url: path, rawHeaders: Object.entries(all).flat() };
      const init = body === undefined ? { method } : { method, body };
      return await app.request(`http://localhost:${PORT}${path}`, init, { incoming });
    },
    async close() {
      closing.abort();
      await closers.closeAll();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
