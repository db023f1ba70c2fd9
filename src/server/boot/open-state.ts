// Opens the state for one server: the folder is ours, nobody else serves it, the keys are private, the store is durable and its mirror
// agrees with it. From here on what commits is followed.
import { createKeys, readSigningKey, readToken, type StateLayout } from '../../config/entry.ts';
import { sha256Hex } from '../../core/canonical.ts';
import { createState } from '../../governor/create-state.ts';
import { createGovernor } from '../../governor/governor.ts';
import { openStore } from '../../store/open.ts';
import type { ServerContext } from '../context.ts';
import { createFeed } from '../feed.ts';
import type { TokenHolder } from '../identity/identify.ts';
import { followTable } from '../mirror/follow.ts';
import { writeHeads } from '../mirror/heads.ts';
import { reconcileMirror } from '../mirror/reconcile.ts';
import { watchRules } from '../rules/changes.ts';
import { createConditionsOf } from '../rules/grant-conditions.ts';
import { createRulesInForce } from '../rules/in-force.ts';
import type { Closers } from './closers.ts';
import { takeLock } from './lock.ts';
import { pooledRandom } from './pooled-random.ts';

export type OpenState = Pick<
  ServerContext,
  | 'store'
  | 'governor'
  | 'feed'
  | 'rules'
  | 'changes'
  | 'mirror'
  | 'signingKey'
  | 'random'
  | 'clock'
  | 'layout'
  | 'projectDir'
  | 'projectId'
  | 'log'
> & {
  /** By SHA-256 in hex. */
  readonly tokens: ReadonlyMap<string, TokenHolder>;
};

export interface OpenStateOptions {
  readonly layout: StateLayout;
  readonly projectDir: string;
  readonly projectId: string;
  readonly clock: () => number;
  readonly log: (line: string) => void;
}

/** How long one write blocks the event loop for another process's; the governor tries again in between. */
const BUSY_MS = 20;

export async function openState(options: OpenStateOptions, closers: Closers): Promise<OpenState> {
  const { layout, projectDir, projectId, clock, log } = options;
  const onFault = (fault: unknown): void => log(fault instanceof Error ? fault.message : String(fault));
  const random = pooledRandom();

  const lock = takeLock(layout);
  closers.add('the lock', () => lock.release());
  createKeys(layout.keys, random);
  const tokens = readTokens(layout.keys);
  const signingKey = readSigningKey(layout.keys);

  const store = openStore(layout.store, { mode: 'create', busyMs: BUSY_MS });
  closers.add('the store', () => store.close());
  const rules = createRulesInForce(store, { stateDir: layout.dir, projectDir });
  const rulesOf = (hash: string) => rules.of(hash).rules;
  const conditionsOf = createConditionsOf(rules);
  const governor = createGovernor({ store, clock, random, rulesOf, conditionsOf });
  await governor.commit((tx) => createState(tx, projectId));
  const feed = createFeed(store, governor, onFault);
  closers.add('the feed', () => feed.close());

  const reconcile = () => reconcileMirror(store, layout.mirror);
  const mirror = followTable({ path: layout.mirror, feed, start: await reconcile(), reconcile });
  const heads = writeHeads({
    store,
    key: signingKey,
    dir: layout.heads,
    mirrored: () => mirror.seq(),
    onFault,
  });
  // Closed after the mirror, so that the last head signs its last line.
  closers.add('the heads', () => heads.close());
  closers.add('the mirror', () => mirror.close());
  const changes = watchRules({ projectDir, projectId, store, governor, rules, log, onFault });
  closers.add('the watch over the rules', () => changes.close());

  const kept = { store, governor, feed, rules, changes, mirror: () => mirror.health(), signingKey, tokens };
  return { ...kept, random, clock, layout, projectDir, projectId, log };
}

function readTokens(dir: string): ReadonlyMap<string, TokenHolder> {
  const holders = ['operator', 'viewer', 'brake', 'runner'] as const;
  return new Map(holders.map((holder) => [sha256Hex(readToken(dir, holder)), holder]));
}
