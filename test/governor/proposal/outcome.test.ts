import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimExecution } from '../../../src/governor/proposal/claim-execution.ts';
import { finishExecution, reportOutcome, resolveUnknown } from '../../../src/governor/proposal/outcome.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { setKillSwitch } from '../../../src/governor/stop/kill-switch.ts';
import { readAgent } from '../../../src/store/read/agents.ts';
import { readBalance } from '../../../src/store/read/ledger.ts';
import { findExecutable, type ProposalRow, readProposal } from '../../../src/store/read/proposals.ts';
import { decide, OPERATOR, submitted } from '../acts.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

let f: Fixture;
let runId: string;
beforeEach(() => {
  f = createFixture();
  runId = f.newRun();
});
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

function approved(actionType: string): ProposalRow {
  const answer = decide(f, submitted(f, runId, { actionType }));
  if (answer.result !== 'decided') throw new Error(answer.detail);
  return answer.proposal;
}

const claim = (id: string): ReturnType<typeof claimExecution> =>
  f.governor.commitNow((tx) => claimExecution(tx, id));
const statusOf = (id: string): string | undefined => readProposal(f.store, id)?.status;

function finish(
  id: string,
  outcome: 'executed' | 'failed' | 'unknown',
  costUsd: number | null = null,
): ReturnType<typeof finishExecution> {
  return f.governor.commitNow((tx) =>
    finishExecution(tx, { proposalId: id, outcome, detail: { ok: 1 }, costUsd }),
  );
}

function report(id: string, outcome: 'executed' | 'failed', of = runId): ReturnType<typeof reportOutcome> {
  const input = { proposalId: id, runId: of, outcome, detail: null, costUsd: null };
  return f.governor.commitNow((tx) => reportOutcome(tx, input));
}

function resolve(id: string, action: 'retry' | 'executed' | 'failed'): ReturnType<typeof resolveUnknown> {
  return f.governor.commitNow((tx) =>
    resolveUnknown(tx, { proposalId: id, action, note: 'looked', actor: OPERATOR }),
  );
}

describe('an approval with an executor behind it', () => {
  it('is used once: of eight who claim it, over two connections, one gets it', async () => {
    const { id } = approved('publish_note');
    const { governor } = f.another();
    expect(findExecutable(f.store, 10).map((row) => row.id)).toEqual([id]);
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? f.governor : governor).commit((tx) => claimExecution(tx, id)),
      ),
    );
    const won = claims.flatMap((each) => (each.result === 'claimed' ? [each.proposal] : []));
    expect(won).toMatchObject([{ id, status: 'executing', attempts: 1 }]);
    expect(findExecutable(f.store, 10)).toEqual([]);
    expect(claim(id)).toMatchObject({ result: 'refused', code: 'not_executable' });
  });

  it.each(['executed', 'failed', 'unknown'] as const)(
    'ends as %s, once, by the word of its executor',
    (outcome) => {
      const { id } = approved('publish_note');
      expect(finish(id, outcome)).toMatchObject({ code: 'not_executing' });
      claim(id);
      expect(finish(id, outcome)).toMatchObject({
        proposal: { status: outcome, outcome_by: 'executor', outcome_detail: '{"ok":1}' },
      });
      expect(finish(id, 'executed')).toMatchObject({ code: 'not_executing' });
      expect(claim(id)).toMatchObject({ code: 'not_executable' });
      expect(eventsOf(f.store, `action_${outcome}`)).toMatchObject([
        { proposal_id: id, payload: { by: 'executor' } },
      ]);
    },
  );

  it('is not reported on by the agent, before, while or after it is carried out', () => {
    const { id } = approved('publish_note');
    expect(report(id, 'executed')).toMatchObject({ code: 'executor_reports' });
    claim(id);
    expect(report(id, 'failed')).toMatchObject({ code: 'executor_reports' });
    finish(id, 'executed');
    expect(report(id, 'failed')).toMatchObject({ code: 'executor_reports' });
    expect(statusOf(id)).toBe('executed');
  });

  it.each(['pending', 'rejected', 'expired', 'denied'])('is not claimed while it is %s', (status) => {
    const proposal = submitted(f, runId, { actionType: 'publish_note' });
    if (status === 'rejected') decide(f, proposal, { decision: 'reject' });
    if (status === 'expired') {
      f.nowMs = proposal.expires_at_ms;
      decide(f, proposal);
    }
    if (status === 'denied') f.store.exec("UPDATE proposals SET status = 'denied'");
    expect(claim(proposal.id)).toMatchObject({ code: 'not_executable' });
    expect(statusOf(proposal.id)).toBe(status);
  });

  it('is not carried out when the stored payload is not the one that was approved', () => {
    const { id } = approved('publish_note');
    f.store.exec(`UPDATE proposals SET payload = '{"to":"evil"}'`);
    expect(claim(id)).toMatchObject({ result: 'refused', code: 'payload_altered' });
    expect(readProposal(f.store, id)).toMatchObject({ status: 'failed', outcome: 'failed' });
    expect(eventsOf(f.store, 'audit_flag_executor_error')).toHaveLength(1);
    expect(readAgent(f.store, 'noop')?.flags).toBe(1);
    expect(claim(id)).toMatchObject({ code: 'not_executable' });
  });

  it('waits while the kill switch is on, and is carried out after it', () => {
    const { id } = approved('publish_note');
    const turn = (on: boolean): boolean =>
      f.governor.commitNow((tx) => setKillSwitch(tx, { on, reason: 'stop', actor: OPERATOR }));
    turn(true);
    expect(claim(id)).toMatchObject({ result: 'refused', code: 'kill_switch' });
    expect(statusOf(id)).toBe('approved');
    turn(false);
    expect(claim(id)).toMatchObject({ result: 'claimed' });
  });

  it('books what its executor says that it cost, also after its run has ended', () => {
    const { id } = approved('publish_note');
    claim(id);
    f.governor.commitNow((tx) =>
      endRun(tx, { runId, status: 'succeeded', reason: 'x', exitCode: 0, actor: OPERATOR }),
    );
    finish(id, 'executed', 1_234);
    for (const scope of [`run:${runId}`, 'agent:noop', 'project']) {
      expect(readBalance(f.store, scope)).toMatchObject({ posted_usd: 1_234, month_usd: 1_234 });
    }
    expect(readProposal(f.store, id)?.outcome_cost_micro_usd).toBe(1_234);
  });
});

describe('an unknown outcome', () => {
  it.each(['executed', 'failed'] as const)('is said by a person to be %s, once', (action) => {
    const { id } = approved('publish_note');
    claim(id);
    finish(id, 'unknown');
    expect(claim(id)).toMatchObject({ code: 'not_executable' });
    expect(resolve(id, action)).toMatchObject({ proposal: { status: action, outcome_by: 'operator' } });
    expect(resolve(id, 'retry')).toMatchObject({ code: 'not_unknown' });
  });

  it('is tried again only when a person says so, and the attempts are counted', () => {
    const { id } = approved('publish_note');
    claim(id);
    finish(id, 'unknown');
    expect(findExecutable(f.store, 10)).toEqual([]);
    expect(resolve(id, 'retry')).toMatchObject({ proposal: { status: 'approved', outcome: null } });
    expect(claim(id)).toMatchObject({ proposal: { attempts: 2 } });
    expect(eventsOf(f.store, 'action_retry')).toHaveLength(1);
    expect(eventsOf(f.store, 'action_executing')).toMatchObject([
      { proposal_id: id, actor: { kind: 'executor', id: 'publish_note' }, payload: { attempt: 1 } },
      { proposal_id: id, payload: { attempt: 2 } },
    ]);
  });

  it.each(['approved', 'executing', 'executed'])('is not what an action that is %s has', (status) => {
    const { id } = approved('publish_note');
    if (status !== 'approved') claim(id);
    if (status === 'executed') finish(id, 'executed');
    expect(resolve(id, 'failed')).toMatchObject({ code: 'not_unknown' });
    expect(statusOf(id)).toBe(status);
  });
});

describe('an approval without an executor', () => {
  it.each(['executed', 'failed'] as const)(
    'takes the word of the agent that it was %s, once, marked as its own',
    (outcome) => {
      const { id } = approved('send_email');
      expect(claim(id)).toMatchObject({ code: 'not_executable' });
      expect(report(id, outcome)).toMatchObject({ proposal: { status: outcome, outcome_by: 'agent' } });
      expect(report(id, 'executed')).toMatchObject({ code: 'not_approved' });
      expect(eventsOf(f.store, `action_${outcome}`)).toMatchObject([
        { actor: { kind: 'agent' }, payload: { by: 'agent' } },
      ]);
    },
  );

  it('takes it also for what a rule approved', () => {
    const { id } = submitted(f, runId, { actionType: 'research_only' });
    expect(report(id, 'executed')).toMatchObject({ result: 'recorded' });
  });

  it('takes no word of another run, and none before it is approved or after it was rejected', () => {
    const proposal = submitted(f, runId);
    expect(report(proposal.id, 'executed')).toMatchObject({ code: 'not_approved' });
    expect(report(proposal.id, 'executed', f.newRun())).toMatchObject({ code: 'not_found' });
    decide(f, proposal, { decision: 'reject' });
    expect(report(proposal.id, 'executed')).toMatchObject({ code: 'not_approved' });
  });
});
