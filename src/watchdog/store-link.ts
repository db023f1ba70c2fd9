// The watchdog's own connection to the store. While the store is missing, locked or damaged the watchdog goes on without it: what
// can't be read is told once, and opening is tried again and again, ever less often.
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { OperationError } from '../core/fault.ts';
import { createGovernor, type Governor } from '../governor/governor.ts';
import { storeFault } from '../store/fault.ts';
import { openStore, type Store } from '../store/open.ts';
import { inWords, type Notices } from './notices.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** Shorter than a heartbeat is good for: a store that others keep locked must not make the watchdog look dead. */
const BUSY_MS = 400;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 3_000;
const UNREADABLE = 'store unreadable';
const LOCKED = 'store locked';

export interface OpenStore {
  readonly store: Store;
  readonly governor: Governor;
}

export interface StoreLink {
  /** Null while there is no store to work with. Tries to open it when that is due. */
  current(): OpenStore | null;
  /** How often it was opened: a new number means that everything known from it is to be read anew. */
  readonly openings: number;
  /** True when somebody else committed since the last call. */
  hasChanged(): boolean;
  /** Reads; a fault of the store closes it (or, when it is only locked, has it looked at again) and gives null. */
  read<T>(op: string, work: (open: OpenStore) => T): T | null;
  /** The whole of what is wanted could be read: whatever was wrong is over. */
  isSound(): void;
  /** Closes a store whose file was replaced or removed, since nobody else writes to that one any more. */
  checkFile(): void;
  close(): void;
}

export function createStoreLink(path: string, rules: RulesInForce, notices: Notices): StoreLink {
  let open: (OpenStore & { readonly inode: number }) | null = null;
  let openings = 0;
  let seenVersion = -1;
  let retryAtMs = 0;
  let retryMs = FIRST_RETRY_MS;

  const fail = (error: Error): void => {
    close();
    retryAtMs = performance.now() + retryMs;
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    const then = 'the runs known by now are still supervised and can be stopped; trying again';
    notices.begin(UNREADABLE, `${inWords(error)}; ${then}`);
  };

  const close = (): void => {
    const was = open;
    open = null;
    try {
      was?.store.close();
    } catch (error) {
      notices.say(`closing the store failed: ${inWords(error)}`);
    }
  };

  const current = (): OpenStore | null => {
    if (open !== null || performance.now() < retryAtMs) return open;
    try {
      const store = openStore(path, { mode: 'write', busyMs: BUSY_MS });
      const rulesOf = (hash: string) => rules.of(store, hash);
      const governor = createGovernor({ store, clock: Date.now, random: randomBytes, rulesOf });
      open = { store, governor, inode: statSync(path).ino };
      openings += 1;
      seenVersion = -1;
    } catch (error) {
      fail(asStoreFault(error, 'open the store', path));
    }
    return open;
  };

  const read = <T>(op: string, work: (open: OpenStore) => T): T | null => {
    const now = current();
    if (now === null) return null;
    try {
      return work(now);
    } catch (error) {
      const fault = asStoreFault(error, op, path);
      if (!(fault instanceof OperationError)) throw fault;
      seenVersion = -1;
      if (fault.code === 'store_busy') notices.begin(LOCKED, inWords(fault));
      else fail(fault);
      return null;
    }
  };

  return {
    current,
    get openings() {
      return openings;
    },
    hasChanged() {
      return (
        read('look for changes', ({ store }) => {
          const version = store.dataVersion();
          const hasChanged = version !== seenVersion;
          seenVersion = version;
          return hasChanged;
        }) ?? false
      );
    },
    read,
    isSound() {
      retryMs = FIRST_RETRY_MS;
      notices.over(UNREADABLE, 'the store can be read again');
      notices.over(LOCKED);
    },
    checkFile() {
      if (open === null) return;
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      if (inode === open.inode) return;
      const what = inode === undefined ? 'was removed' : 'was replaced by another file';
      fail(
        new OperationError({
          op: 'watch the store',
          code: 'store_replaced',
          message: `the store ${what} (${path})`,
          hint: 'stop the server before moving the state, and restore it with `governed-agents restore`',
        }),
      );
      retryAtMs = 0;
    },
    close,
  };
}

/** An error that is none of the store's stays what it is. */
function asStoreFault(error: unknown, op: string, path: string): Error {
  return storeFault(error, op, path);
}
