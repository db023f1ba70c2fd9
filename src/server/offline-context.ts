// What the reading routes are given while no server runs: the store and the rules, and in the place of all else a fault that says what needs
// the server.
import type { StateLayout } from '../config/entry.ts';
import { clockWarnings } from '../core/clock-behind.ts';
import { OperationError } from '../core/fault.ts';
import type { Store } from '../store/open.ts';
import { readTip } from '../store/read/events.ts';
import type { ServerContext } from './context.ts';
import type { RulesInForce } from './rules/in-force.ts';

export interface OfflinePlace {
  readonly layout: StateLayout;
  readonly projectDir: string;
  readonly projectId: string;
  readonly version: string;
  /** Where the server would listen; links are made with it. */
  readonly port: number;
}

export type Edits = Pick<ServerContext['changes'], 'changed' | 'problems'>;

export function offlineContext(
  place: OfflinePlace,
  store: Store,
  rules: RulesInForce,
  edits: Edits,
): ServerContext {
  const absent = (what: string): never => {
    throw new OperationError({
      op: 'answer without a server',
      message: `${what} needs the server, and it is not running`,
      hint: 'start it with `governed-agents serve`',
    });
  };
  return {
    ...place,
    store,
    rules,
    get governor() {
      return absent('a decision');
    },
    get feed() {
      return absent('a stream');
    },
    get signingKey() {
      return absent('a signature');
    },
    changes: {
      ...edits,
      begin: () => undefined,
      read: () => absent('a comparison'),
      accept: () => absent('accepting'),
      close: () => Promise.resolve(),
    },
    mirror: () => ({ ok: true, lag: 0 }),
    startedAtMs: Date.now(),
    keepsWatchdog: false,
    random: () => absent('a secret'),
    clock: () => Date.now(),
    warnings: () => clockWarnings(Date.now(), readTip(store).tsMs),
    closing: new AbortController().signal,
    log: () => undefined,
  };
}
