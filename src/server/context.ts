// What the routes work with: the store and the one write path, the rules in force, and the parts that keep running beside them.
import type { KeyObject } from 'node:crypto';
import type { StateLayout } from '../config/entry.ts';
import type { Governor } from '../governor/governor.ts';
import type { Store } from '../store/open.ts';
import type { Feed } from './feed.ts';
import type { MirrorHealth } from './mirror/follow.ts';
import type { RulesWatch } from './rules/changes.ts';
import type { RulesInForce } from './rules/in-force.ts';

export interface ServerContext {
  readonly store: Store;
  readonly governor: Governor;
  readonly feed: Feed;
  readonly rules: RulesInForce;
  readonly changes: RulesWatch;
  readonly mirror: () => MirrorHealth;
  readonly layout: StateLayout;
  readonly projectDir: string;
  readonly projectId: string;
  readonly port: number;
  readonly version: string;
  readonly startedAtMs: number;
  /** A watchdog is started here, and another when it is gone. */
  readonly keepsWatchdog: boolean;
  readonly signingKey: KeyObject;
  readonly random: (bytes: number) => Buffer;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Things a person should know that stop nothing: another listener on [::1], say. */
  readonly warnings: () => readonly string[];
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
  readonly log: (line: string) => void;
}

/** The canonical origin: links are made with it, and a session belongs to it. */
export function originOf(context: Pick<ServerContext, 'port'>): string {
  return `http://localhost:${context.port}`;
}
