// Carries out what the detectors found: a warning is recorded; a pause or a kill stops the trees first. A verdict is carried out once.
import type { CapState } from '../core/ledger/caps.ts';
import type { Rules } from '../core/rules/rules.ts';
import type { Level } from '../core/watch/escalation.ts';
import { describeBreach, findBreach } from '../core/watch/over-budget.ts';
import type { Verdict } from '../core/watch/run-watch.ts';
import { budgetOf, capStates } from '../governor/ledger/cap-states.ts';
import { scopeOfRun } from '../governor/ledger/spend-scope.ts';
import { applyVerdict } from '../governor/stop/apply-verdict.ts';
import { stopOverCap } from '../governor/stop/stop-over-cap.ts';
import type { Store } from '../store/open.ts';
import type { Guard } from './guard.ts';
import type { LateRecords } from './late-records.ts';
import type { Roster } from './roster.ts';
import type { Stopper } from './stop.ts';
import { nameOf, type WatchedRun } from './watched-run.ts';

export interface Verdicts {
  /** What the detectors have found of the live runs and nobody has acted on. */
  carryOutOpen(): void;
  carryOut(verdict: Verdict): void;
  /** Looks at the caps of a run that spent something. */
  checkBudget(store: Store, rules: Rules, run: WatchedRun, sinceMs: number): void;
}

export function createVerdicts(
  roster: Roster,
  stopper: Stopper,
  records: LateRecords,
  guard: Guard,
): Verdicts {
  const carriedOut = new WeakSet<Verdict>();

  const carryOut = (verdict: Verdict): void => {
    const run = roster.get(verdict.runId);
    if (run === undefined || run.ending) return;
    const { level, rule, reason } = verdict;
    const key = `${rule} ${level} ${run.id} ${verdict.subject}`;
    const input = { runId: run.id, rule, action: level, reason };
    const evidence = { ...verdict.evidence, subject: verdict.subject, seq: verdict.seq };
    if (level === 'warn') {
      const what = `the warning about ${nameOf(run)}`;
      const detected_ms = Math.max(0, Date.now() - verdict.tsMs);
      const warning = { ...input, evidence: { ...evidence, detected_ms } };
      records.add({ key, runIds: [], what, mark: null, record: (tx) => applyVerdict(tx, warning) });
      return;
    }
    stopper.stop({
      key,
      level,
      runs: level === 'pause' ? withSiblings(run) : [run],
      sinceMs: verdict.tsMs,
      what: `the ${level} of ${nameOf(run)}`,
      why: reason,
      mark: { dir: run.layout.dir, mark: level, why: reason },
      record: (timing) => (tx) => applyVerdict(tx, { ...input, evidence: { ...evidence, ...timing } }),
    });
  };

  /** A pause by verdict pauses the agent, so that its other runs stop with the one. */
  const withSiblings = (run: WatchedRun): readonly WatchedRun[] =>
    run.row === null ? [run] : [run, ...roster.ofAgent(run.row.agent_id).filter((other) => other !== run)];

  return {
    carryOutOpen() {
      const open = roster
        .all()
        .flatMap((run) => run.watch.open.filter((verdict) => !carriedOut.has(verdict)));
      for (const verdict of open.sort(strongestFirst)) {
        guard(`carry out a verdict of ${verdict.rule}`, () => {
          carryOut(verdict);
          carriedOut.add(verdict);
        });
      }
    },
    carryOut,
    checkBudget(store, rules, run, sinceMs) {
      if (run.row === null || run.row.status === 'paused' || run.held || run.ending) return;
      const state = findBreach(capStates(store, rules, Date.now(), scopeOfRun(run.row)));
      if (state === null) return;
      const { onCap } = budgetOf(rules, run.row, state);
      const level = onCap === 'end' ? 'kill' : 'pause';
      const reason = describeBreach(state);
      const input = { runId: run.id, state, onCap, reason };
      stopper.stop({
        key: `over_budget ${run.id}`,
        level,
        runs: level === 'pause' && isOfAgent(state) ? withSiblings(run) : [run],
        sinceMs,
        what: `the ${level} of ${nameOf(run)}`,
        why: reason,
        mark: { dir: run.layout.dir, mark: level, why: reason },
        record: (timing) => (tx) => stopOverCap(tx, { ...input, evidence: timing }),
      });
    },
  };
}

/** Such a cap stops the agent, any other the run. */
function isOfAgent({ scope }: CapState): boolean {
  return scope === 'agent' || scope === 'project';
}

const STRENGTH: Record<Level, number> = { warn: 0, pause: 1, kill: 2 };

function strongestFirst(a: Verdict, b: Verdict): number {
  return STRENGTH[b.level] - STRENGTH[a.level] || a.seq - b.seq;
}
