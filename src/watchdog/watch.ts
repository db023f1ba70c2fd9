// The watchdog's main loop, one tick at a time: what others committed is read and judged at once; heartbeats, stop marks and what waits
// to be recorded a few times a second; the trees themselves about once a second. Nothing here waits for another process.
import type { StateLayout } from '../config/state-layout.ts';
import type { Rules } from '../core/rules/rules.ts';
import type { WatchSignal } from '../core/watch/signal.ts';
import { DEFAULT_WATCH_RULES, type WatchRules } from '../core/watch/watch-rules.ts';
import type { Store } from '../store/open.ts';
import { auditTrees } from './audit-trees.ts';
import { createGuard } from './guard.ts';
import { createLateRecords } from './late-records.ts';
import type { Notices } from './notices.ts';
import { createRecordReader } from './record-reader.ts';
import { createRoster, type EndedTree } from './roster.ts';
import { createRulesInForce } from './rules-in-force.ts';
import { createStopper } from './stop.ts';
import { createStopMarks } from './stop-marks.ts';
import { createStoreLink } from './store-link.ts';
import { createStuckApprovals } from './stuck-approvals.ts';
import { createSupervisor } from './supervise.ts';
import { createVerdicts } from './verdicts.ts';
import { shouldStandStill } from './watched-run.ts';

export interface Watch {
  tick(): void;
  /** How long the next tick may wait. */
  readonly tickAgainMs: number;
  /** The store was read, and there is nothing to watch, to record or to end. */
  readonly isIdle: boolean;
  close(): void;
}

const BUSY_TICK_MS = 25;
/** Live runs, of which nothing was heard lately. */
const QUIET_TICK_MS = 50;
/** Without a live run there is nothing to stop: only a new one is to be noticed. */
const IDLE_TICK_MS = 100;
const QUIET_AFTER_MS = 5_000;
const CHECK_EVERY_MS = 250;
const AUDIT_EVERY_MS = 1_000;
/** Listing processes is dear: those that should run are looked at only every so many audits. */
const FULL_AUDIT_EVERY = 5;
/** A look may record something, which is to be looked at again; no further than this in one tick. */
const MOST_LOOKS = 4;

export function createWatch(layout: StateLayout, notices: Notices): Watch {
  const rulesInForce = createRulesInForce(notices);
  const link = createStoreLink(layout.store, rulesInForce, notices);
  const roster = createRoster(layout);
  let mustLook = false;
  const records = createLateRecords(link, notices, () => {
    mustLook = true;
  });
  const guard = createGuard(notices, records);
  const stopper = createStopper(records, notices);
  const verdicts = createVerdicts(roster, stopper, records, guard);
  const stuck = createStuckApprovals(roster, verdicts, records);
  const marks = createStopMarks(layout, roster, stopper, records);
  const supervisor = createSupervisor(layout, { link, roster, stopper, records, notices });
  const reader = createRecordReader(roster, ({ rule, error }) =>
    guard(`use the detector ${rule}`, () => {
      throw error;
    }),
  );

  let watchRules: WatchRules = DEFAULT_WATCH_RULES;
  let openingsSeen = 0;
  let changedAtMs = 0;
  let nextCheckMs = 0;
  let nextAuditMs = 0;
  let audits = 0;

  const refresh = (store: Store): void => {
    stopper.end(roster.refresh(store));
    for (const run of roster.all()) run.held &&= records.waitsFor(run.id);
  };

  const startOver = (store: Store): void => {
    const rules = rulesInForce.current(store);
    watchRules = rules.watch;
    refresh(store);
    reader.rebuild(store, rules);
    openingsSeen = link.openings;
    guard('find the trees of ended runs', () => stopper.end(roster.leftBehind()));
    verdicts.carryOutOpen();
    checkBudgets(store, rules, null);
    guard('read the approvals', () => stuck.reload(store, watchRules.stuckSeconds));
  };

  const goOn = (store: Store): void => {
    let rules: Rules | null = null;
    const current = (): Rules => {
      rules ??= rulesInForce.current(store);
      return rules;
    };
    const signals = reader.catchUp(store, current, () => refresh(store));
    watchRules = current().watch;
    verdicts.carryOutOpen();
    guard('end the trees of ended runs', () => stopper.end(treesOfEnded(store, signals)));
    const isRulesChange = signals.some(({ kind }) => kind === 'rules');
    if (isRulesChange || signals.some(({ kind }) => kind === 'spend')) {
      checkBudgets(store, current(), isRulesChange ? null : signals);
    }
    guard('follow the approvals', () => {
      if (isRulesChange) stuck.reload(store, watchRules.stuckSeconds);
      for (const signal of signals)
        if (signal.kind === 'approved') stuck.add(signal, watchRules.stuckSeconds);
    });
  };

  const treesOfEnded = (store: Store, signals: readonly WatchSignal[]): readonly EndedTree[] =>
    signals.flatMap((signal) => {
      const tree = signal.kind === 'ended' ? roster.treeOf(store, signal.runId) : null;
      return tree === null || signal.kind !== 'ended' ? [] : [{ runId: signal.runId, tree }];
    });

  /** Of the runs that spent something; of all without signals. */
  const checkBudgets = (store: Store, rules: Rules, signals: readonly WatchSignal[] | null): void => {
    guard('check the budgets', () => {
      const spent = new Map<string, number>();
      for (const signal of signals ?? []) if (signal.kind === 'spend') spent.set(signal.runId, signal.tsMs);
      for (const run of roster.all()) {
        const sinceMs = signals === null ? Date.now() : spent.get(run.id);
        if (sinceMs !== undefined) verdicts.checkBudget(store, rules, run, sinceMs);
      }
    });
  };

  const look = (): void => {
    link.read('read the record', ({ store }) => {
      if (link.openings === openingsSeen) goOn(store);
      else startOver(store);
      link.isSound();
    });
    stopper.enforce(roster.all());
  };

  const lookWhileNew = (): void => {
    for (let looks = 0; mustLook && looks < MOST_LOOKS; looks += 1) {
      mustLook = false;
      guard('read the record', look);
    }
  };

  const check = (): void => {
    if (link.current() === null) guard('find live trees', () => roster.addFromFolders());
    guard('check the runners', () => supervisor.checkRunners());
    guard('check the stop marks', () => marks.check());
    guard('record what waits', () => records.retry());
    guard('hold the trees', () => stopper.enforce(roster.all()));
  };

  const audit = (): void => {
    guard('check the store file', () => link.checkFile());
    guard('check the server', () => supervisor.checkServer());
    audits += 1;
    const isFull = audits % FULL_AUDIT_EVERY === 0;
    guard('look at the trees', () => {
      auditTrees(isFull ? roster.all() : roster.all().filter(shouldStandStill), stopper, notices);
    });
    guard('end trees', () => stopper.retryEnds());
  };

  return {
    tick() {
      const nowMs = performance.now();
      guard('look for changes', () => {
        if (!link.hasChanged()) return;
        mustLook = true;
        changedAtMs = nowMs;
      });
      lookWhileNew();
      if (stuck.isDue(watchRules.stuckSeconds)) {
        guard('check the approvals', () => {
          link.read('read an approval', ({ store }) => stuck.check(store, watchRules.stuckSeconds));
        });
      }
      if (nowMs >= nextCheckMs) {
        nextCheckMs = nowMs + CHECK_EVERY_MS;
        check();
      }
      if (nowMs >= nextAuditMs) {
        nextAuditMs = nowMs + AUDIT_EVERY_MS;
        audit();
      }
      lookWhileNew();
    },
    get tickAgainMs() {
      if (roster.size === 0) return IDLE_TICK_MS;
      return performance.now() - changedAtMs < QUIET_AFTER_MS ? BUSY_TICK_MS : QUIET_TICK_MS;
    },
    get isIdle() {
      const isRead = link.current() !== null && link.openings === openingsSeen;
      return isRead && roster.size === 0 && records.size === 0 && !stopper.isEnding;
    },
    close: () => link.close(),
  };
}
