// Notices approvals that nobody carries out. Each is looked at when its time has come and not before; what is done about it concerns
// its run while that is live, and is a warning otherwise.
import type { Level } from '../core/watch/escalation.ts';
import { type Approval, type DueApproval, StuckQueue } from '../core/watch/stuck.ts';
import type { Escalation } from '../core/watch/watch-rules.ts';
import { recordWatchdogWarning } from '../governor/stop/watchdog-warning.ts';
import type { Store } from '../store/open.ts';
import { findEvents } from '../store/read/events.ts';
import { type ProposalRow, readProposal } from '../store/read/proposals.ts';
import { readOpenApprovals } from '../store/read/watch.ts';
import type { LateRecords } from './late-records.ts';
import type { Roster } from './roster.ts';
import type { Verdicts } from './verdicts.ts';

export interface StuckApprovals {
  /** Starts over with the approvals that the store holds open. */
  reload(store: Store, escalation: Escalation): void;
  add(approval: { readonly proposalId: string; readonly runId: string | null }, escalation: Escalation): void;
  isDue(escalation: Escalation): boolean;
  /** Looks at those that are due, a limited number at a time. */
  check(store: Store, escalation: Escalation): void;
}

const MOST_LOADED = 10_000;
const MOST_AT_ONCE = 20;
const UNFINISHED = new Set(['approved', 'auto-approved', 'executing']);

export function createStuckApprovals(
  roster: Roster,
  verdicts: Verdicts,
  records: LateRecords,
): StuckApprovals {
  const queue = new StuckQueue();

  const tell = (proposal: ProposalRow, { approval, level }: DueApproval): void => {
    const waitedSeconds = Math.floor((Date.now() - approval.sinceMs) / 1_000);
    const reason = `${proposal.action_type} was approved ${waitedSeconds} s ago and has no outcome (${proposal.status})`;
    const evidence = {
      subject: proposal.id,
      proposal_id: proposal.id,
      waited_seconds: waitedSeconds,
      status: proposal.status,
    };
    const run = approval.runId === null ? undefined : roster.get(approval.runId);
    if (run !== undefined && level !== 'warn') {
      const of = { runId: run.id, rule: 'stuck', subject: proposal.id, seq: 0, tsMs: Date.now() };
      verdicts.carryOut({ ...of, level, reason, evidence });
      return;
    }
    const of = { agentId: proposal.agent_id, runId: proposal.run_id, proposalId: proposal.id };
    records.add({
      key: `stuck ${level} ${proposal.id}`,
      runIds: [],
      what: `the warning about ${proposal.id}`,
      mark: null,
      record: (tx) =>
        recordWatchdogWarning(tx, { rule: 'stuck', reason, ...of, evidence: { ...evidence, level } }),
    });
  };

  return {
    reload(store, escalation) {
      queue.clear();
      for (const row of readOpenApprovals(store, MOST_LOADED)) {
        queue.add(toApproval(row.id, row.run_id, row.decided_at_ms), escalation);
      }
    },
    add({ proposalId, runId }, escalation) {
      queue.add(toApproval(proposalId, runId, Date.now()), escalation);
    },
    isDue: (escalation) => queue.nextDueMs(escalation) <= Date.now(),
    check(store, escalation) {
      for (let looked = 0; looked < MOST_AT_ONCE; looked += 1) {
        const due = queue.takeDue(escalation, Date.now());
        if (due === null) return;
        const proposal = readProposal(store, due.approval.proposalId);
        if (proposal === null || !isStuck(store, proposal)) continue;
        if (!wasTold(store, proposal, due.level)) tell(proposal, due);
        queue.again(due, escalation);
      }
    },
  };
}

/** A time of decision from the future (the clock was set back) must not put the check off. */
function toApproval(proposalId: string, runId: string | null, decidedAtMs: number): Approval {
  return { proposalId, runId, sinceMs: Math.min(decidedAtMs, Date.now()) };
}

/** A tool call that was held is over when its result came, though nobody reports an outcome of it. */
function isStuck(store: Store, { id, status }: ProposalRow): boolean {
  if (!UNFINISHED.has(status)) return false;
  return findEvents(store, { proposalId: id, eventType: 'tool_call_completed', limit: 1 }).length === 0;
}

/** By a watchdog before this one, too. */
function wasTold(store: Store, { id, run_id: runId }: ProposalRow, level: Level): boolean {
  const of = level === 'warn' || runId === null ? { proposalId: id } : { runId };
  const told = findEvents(store, { ...of, eventType: 'watchdog_*', limit: 100 });
  return told.some(({ payload }) => {
    if (payload === null) return false;
    const { rule, subject, level: toldLevel = 'pause' } = JSON.parse(payload) as Record<string, unknown>;
    return rule === 'stuck' && subject === id && toldLevel === level;
  });
}
