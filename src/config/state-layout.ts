// Where everything lies in a project's state folder. Nothing else builds these paths.
import { join } from 'node:path';

export interface StateLayout {
  readonly dir: string;
  readonly store: string;
  readonly mirror: string;
  readonly keys: string;
  readonly runs: string;
  readonly heads: string;
  /** Accepted governing files, a folder for each hash. */
  readonly accepted: string;
  /** Who serves, and on which port, as JSON; written by the server when it listens. */
  readonly serverFile: string;
  readonly serverBeat: string;
  readonly watchdogBeat: string;
  /** Held by the one server of this state. */
  readonly serverLock: string;
  readonly serverLog: string;
  /** What the self-test of the jail found on this machine. */
  readonly confinement: string;
}

export function stateLayout(dir: string): StateLayout {
  return {
    dir,
    store: join(dir, 'governed.db'),
    mirror: join(dir, 'audit.jsonl'),
    keys: join(dir, 'keys'),
    runs: join(dir, 'runs'),
    heads: join(dir, 'heads'),
    accepted: join(dir, 'accepted'),
    serverFile: join(dir, 'server.json'),
    serverBeat: join(dir, 'server.beat'),
    watchdogBeat: join(dir, 'watchdog.beat'),
    serverLock: join(dir, 'server.lock'),
    serverLog: join(dir, 'server.log'),
    confinement: join(dir, 'confinement.json'),
  };
}

export interface RunLayout {
  readonly dir: string;
  /** The tree's handle as JSON, written by the runner when it has spawned: stopping needs no store. */
  readonly tree: string;
  readonly runnerBeat: string;
  readonly transcript: string;
  readonly gatewaySocket: string;
  /** What the jail itself is made of; the agent never sees it. */
  readonly jail: string;
}

export function runLayout(state: StateLayout, runId: string): RunLayout {
  const dir = join(state.runs, runId);
  return {
    dir,
    tree: join(dir, 'tree.json'),
    runnerBeat: join(dir, 'runner.beat'),
    transcript: join(dir, 'transcript.jsonl'),
    gatewaySocket: join(dir, 'gateway.sock'),
    jail: join(dir, 'jail'),
  };
}

/** A heartbeat older than this is stale: its owner hangs, is stopped or is gone. */
export const BEAT_STALE_MS = 1_000;
export const BEAT_EVERY_MS = 200;
