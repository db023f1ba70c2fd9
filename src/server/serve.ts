// Starts the server, step by step; each step names what is wrong and what to do, and a step that fails undoes those before it. Nothing is
// answered before what a crash left half done is marked unknown.

import { join } from 'node:path';
import { type StateLayout, stateLayout } from '../config/entry.ts';
import { BEAT_EVERY_MS } from '../config/state-layout.ts';
import { loadDetector } from '../governor/policy/detector.ts';
import { storeGone } from '../governor/store-gone.ts';
import { startBeat } from '../process/entry.ts';
import type { Store } from '../store/open.ts';
import { countLiveRuns } from '../store/read/runs.ts';
import { createApp } from './app.ts';
import { watchClock } from './boot/clock-watch.ts';
import { Closers } from './boot/closers.ts';
import { createListener } from './boot/listener.ts';
import { type OpenState, openState } from './boot/open-state.ts';
import { isOtherLoopbackTaken, listen, otherLoopbackWarning } from './boot/port.ts';
import { portOfRules } from './boot/port-of-rules.ts';
import { removeServerFile, writeServerFile } from './boot/server-file.ts';
import { createLog } from './boot/server-log.ts';
import { prepareStateFolder } from './boot/state-folder.ts';
import { originOf, type ServerContext } from './context.ts';
import { startExecutors } from './executors/host.ts';
import { createRunVolume } from './guard/run-volume.ts';
import { createFlagForged } from './identity/flag-forged.ts';
import { createIdentify } from './identity/identify.ts';
import { startNotifier } from './notify/notifier.ts';
import { cookieName, mintLink } from './operator/session.ts';
import { allRoutes } from './routes.ts';
import { recordMarks } from './supervise/marks.ts';
import { keepWatchdog } from './supervise/watchdog-child.ts';
import { sweepExpired } from './sweep.ts';

export interface ServeOptions {
  readonly projectDir: string;
  readonly projectId: string;
  readonly stateDir: string;
  /** Null: as the rules say. 0: any free one. */
  readonly port: number | null;
  /** How to start a watchdog; null: none is started here. */
  readonly watchdogCommand: readonly string[] | null;
  /** Holds index.html, app.js and style.css. */
  readonly dashboardDir: string;
  /** Holds the programs of the ready executors. */
  readonly actionsDir: string;
  readonly version: string;
  /** Told every line of the log, besides server.log. */
  readonly onLog?: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface RunningServer {
  readonly port: number;
  /** The canonical origin. */
  readonly url: string;
  readonly warnings: () => readonly string[];
  /** False: nothing of the project runs before its rules are accepted. */
  readonly rulesAccepted: () => boolean;
  /** A fresh one-time link to the dashboard. */
  mintLink(): Promise<string>;
  /** Answers what is under way, writes what is left of the record, and lets go of the state. */
  close(): Promise<void>;
}

const LOOK_AROUND_MS = 5_000;
const EXECUTOR_PATIENCE_MS = 2_000;
const NOTIFIER_PATIENCE_MS = 500;

export async function serve(options: ServeOptions): Promise<RunningServer> {
  const layout = stateLayout(options.stateDir);
  prepareStateFolder(layout);
  const log = createLog(layout.serverLog, options.onLog ?? null);
  const closers = new Closers(log);
  const closing = new AbortController();
  try {
    const state = await openState({ ...options, layout, log, clock: options.clock ?? Date.now }, closers);
    const context = await open(options, state, closing.signal, closers);
    let closed: Promise<void> | null = null;
    return {
      port: context.port,
      url: originOf(context),
      warnings: context.warnings,
      rulesAccepted: () => context.rules.current() !== null,
      mintLink: async () => (await mintLink(context, null)).link,
      close() {
        closing.abort();
        closed ??= closers.closeAll();
        return closed;
      },
    };
  } catch (error) {
    closing.abort();
    await closers.closeAll();
    throw error;
  }
}

/** What is read still comes from the file that was removed, and looks as if all were well. */
function whenGone(store: Store): readonly string[] {
  if (store.isInPlace()) return [];
  const { message, hint } = storeGone(store.path);
  return [`${message}: ${hint}`];
}

async function open(
  options: ServeOptions,
  state: OpenState,
  closing: AbortSignal,
  closers: Closers,
): Promise<ServerContext> {
  const { log, layout, clock } = state;
  const onBug = (error: unknown): void =>
    log(`bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const listener = createListener(onBug);
  const port = await listen(
    listener.server,
    options.port ?? (await portOfRules(state.rules, state.projectDir)),
  );
  closers.add('the port', () => listener.close());

  const around = lookAround(port, closers);
  const clockWatch = watchClock({ ...state, onFault: faultLogger(log) });
  closers.add('the watch over the clock', () => clockWatch.close());
  const warnings = (): readonly string[] => [...whenGone(state.store), ...around(), ...clockWatch.warnings()];
  const context: ServerContext = {
    ...state,
    port,
    closing,
    warnings,
    version: options.version,
    startedAtMs: clock(),
    keepsWatchdog: options.watchdogCommand !== null,
  };
  // The first action is judged as all others are, not held because its text can't be searched yet.
  if (state.rules.current()?.rules.policy.rules.usesDetector === true) await loadDetector();
  await startBackground(options, context, closers);

  const app = createApp({
    volume: createRunVolume(() => performance.now()),
    port,
    closing,
    onBug,
    mirror: context.mirror,
    routes: allRoutes(context, options.dashboardDir),
    identify: createIdentify({
      store: state.store,
      tokens: state.tokens,
      cookieName: cookieName(port),
      clock,
    }),
    flagForged: createFlagForged(context),
  });
  listener.serve((request, bindings) => app.fetch(request, bindings));
  announce(layout, context, closers);
  return context;
}

async function startBackground(
  options: ServeOptions,
  context: ServerContext,
  closers: Closers,
): Promise<void> {
  const { layout, log } = context;
  const onFault = faultLogger(log);
  const beat = startBeat(layout.serverBeat, { everyMs: BEAT_EVERY_MS, onFault });
  closers.add('the heartbeat', () => beat.stop());
  const programs = { ...context, actionsDir: options.actionsDir };
  const executors = await startExecutors(programs, join(layout.dir, 'executions'));
  closers.add('the executors', () => executors.close(EXECUTOR_PATIENCE_MS));
  const notifier = await startNotifier(programs, join(layout.dir, 'notifying.json'));
  closers.add('the notifier', () => notifier.close(NOTIFIER_PATIENCE_MS));
  const sweep = sweepExpired({ ...context, onFault });
  closers.add('the expiry timer', () => sweep.close());
  const marks = recordMarks(context);
  closers.add('the stop marks', () => marks.close());
  if (options.watchdogCommand === null) return;
  const watchdog = keepWatchdog({ layout, command: options.watchdogCommand, cwd: context.projectDir, log });
  // Runs that go on are not left without one.
  closers.add('the watchdog', () =>
    countLiveRuns(context.store) === 0 ? watchdog.stop() : watchdog.close(),
  );
}

function announce(layout: StateLayout, context: ServerContext, closers: Closers): void {
  writeServerFile(layout, context);
  closers.add('the server file', () => removeServerFile(layout));
  context.log(`serving ${context.projectId} on 127.0.0.1:${context.port}`);
  setImmediate(() => context.changes.begin());
}

function faultLogger(log: (line: string) => void): (fault: unknown) => void {
  return (fault) => log(fault instanceof Error ? fault.message : String(fault));
}

/** What may go wrong around a server that runs, looked at every few seconds. */
function lookAround(port: number, closers: Closers): () => readonly string[] {
  let other = false;
  const timer = setInterval(() => {
    void isOtherLoopbackTaken(port).then((taken) => {
      other = taken;
    });
  }, LOOK_AROUND_MS);
  timer.unref();
  closers.add('the look around', () => clearInterval(timer));
  return () => (other ? [otherLoopbackWarning(port)] : []);
}
