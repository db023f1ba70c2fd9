import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claimExecution } from '../../../src/governor/proposal/claim-execution.ts';
import { expireOverdue } from '../../../src/governor/proposal/expire.ts';
import { finishExecution, reportOutcome, resolveUnknown } from '../../../src/governor/proposal/outcome.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { killAgent } from '../../../src/governor/stop/kill-agent.ts';
import { resumeAgent } from '../../../src/governor/stop/resume-agent.ts';
import { readAgents } from '../../../src/store/read/agents.ts';
import { readProposal } from '../../../src/store/read/proposals.ts';
import { counts, seeded } from '../../counts.ts';
import { decide, OPERATOR, submit } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { verifiedEvents } from '../record.ts';

const AGENTS = ['noop', 'other'];
const at = fc.nat(20);
const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constant('submit' as const),
      at,
      fc.constantFrom('send_email', 'research_only', 'publish_note', 'charge_card'),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant('decide' as const),
      at,
      fc.constantFrom('approve', 'reject', 'final', 'edit'),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant('execute' as const),
      at,
      fc.constantFrom('executed', 'failed', 'unknown'),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('resolve' as const), at, fc.constantFrom('retry', 'executed')),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('wait' as const), at, fc.constantFrom('short', 'long')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('end' as const), at, fc.constantFrom('end', 'kill')) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('start' as const), at, fc.constantFrom(...AGENTS)) },
);

const TIMEOUT = { timeout: counts(60_000, 1_200_000) };

it('keeps counts on agents and runs that never drift from what the tables say', TIMEOUT, () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 15, maxLength: 50 }), (acts) => {
      const f = createFixture(rulesWith({ agents: new Map(AGENTS.map((id) => [id, agentRules({ id })])) }));
      try {
        const known = { runs: AGENTS.map((id) => f.newRun(id)), proposals: [] as string[] };
        for (const each of acts) {
          perform(f, known, each);
          expectCounts(f);
        }
        verifiedEvents(f.store);
      } finally {
        f.close();
      }
    }),
    { ...seeded(7, 25, 1_000), endOnFailure: true },
  );
});

function perform(
  f: Fixture,
  known: { runs: string[]; proposals: string[] },
  [what, n, how]: [string, number, string],
): void {
  const runId = known.runs[n % known.runs.length] ?? '';
  const proposal = readProposal(f.store, known.proposals[n % Math.max(1, known.proposals.length)] ?? '');
  if (what === 'submit') {
    const answer = submit(f, n === 0 ? null : runId, { actionType: how, payload: { n } });
    if (answer.result === 'submitted') known.proposals.push(answer.proposal.id);
  } else if (what === 'wait') {
    f.nowMs += how === 'short' ? 1_000 : 45_000;
    if (n % 2 === 0) f.governor.commitNow((tx) => expireOverdue(tx, 3));
  } else if (what === 'end') {
    const agentId = AGENTS[n % 2] ?? '';
    f.governor.commitNow((tx) => {
      if (how === 'end') endRun(tx, { runId, status: 'failed', reason: 'x', exitCode: 1, actor: OPERATOR });
      else {
        killAgent(tx, { agentId, reason: 'x', actor: OPERATOR });
        resumeAgent(tx, { agentId, actor: OPERATOR });
      }
    });
  } else if (what === 'start') known.runs.push(f.newRun(how));
  else if (proposal !== null) performOn(f, proposal, what, how);
}

function performOn(
  f: Fixture,
  proposal: NonNullable<ReturnType<typeof readProposal>>,
  what: string,
  how: string,
): void {
  const { id } = proposal;
  if (what === 'decide') {
    const edit = how === 'edit' ? { editedPayload: { value: { edited: true } } } : {};
    const wanted = how === 'approve' || how === 'edit' ? 'approve' : 'reject';
    decide(f, proposal, { decision: wanted, final: how === 'final', ...edit });
  } else if (what === 'execute') {
    const outcome = how as 'executed' | 'failed' | 'unknown';
    f.governor.commitNow((tx) => {
      claimExecution(tx, id);
      finishExecution(tx, { proposalId: id, outcome, detail: null, costUsd: null });
      const word = { proposalId: id, detail: null, costUsd: null, runId: proposal.run_id ?? '' };
      if (outcome !== 'unknown') reportOutcome(tx, { ...word, outcome });
    });
  } else {
    const action = how as 'retry' | 'executed';
    f.governor.commitNow((tx) => resolveUnknown(tx, { proposalId: id, action, note: '', actor: OPERATOR }));
  }
}

function expectCounts(f: Fixture): void {
  const count = (sql: string, ...params: string[]): number =>
    (f.store.statement(sql).get(...params) as { n: number }).n;
  for (const agent of readAgents(f.store)) {
    const of = (condition: string): number =>
      count(`SELECT count(*) AS n FROM proposals WHERE agent_id = ? AND ${condition}`, agent.id);
    const runs = (condition: string): number =>
      count(`SELECT count(*) AS n FROM runs WHERE agent_id = ? AND ${condition}`, agent.id);
    expect(agent).toMatchObject({
      runs: runs('1'),
      runs_live: runs('ended_at_ms IS NULL'),
      proposals: of('1'),
      proposals_pending: of("status = 'pending'"),
      proposals_approved: of(
        "status IN ('approved', 'auto-approved', 'executing', 'executed', 'failed', 'unknown')",
      ),
      proposals_refused: of("status IN ('rejected', 'denied', 'expired')"),
    });
  }
  const drifted = `SELECT count(*) AS n FROM runs WHERE proposals_pending <>
    (SELECT count(*) FROM proposals WHERE run_id = runs.id AND status = 'pending')`;
  expect(count(drifted)).toBe(0);
}
