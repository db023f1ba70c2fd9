import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { microUsd } from '../../../src/core/ledger/money.ts';
import { type AddGrantInput, addGrant } from '../../../src/governor/grant/add-grant.ts';
import { revokeGrant } from '../../../src/governor/grant/revoke-grant.ts';
import { claimExecution } from '../../../src/governor/proposal/claim-execution.ts';
import { finishExecution } from '../../../src/governor/proposal/outcome.ts';
import { submitProposal } from '../../../src/governor/proposal/submit.ts';
import type { Refused } from '../../../src/governor/refusal.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import { type GrantRow, readGrant } from '../../../src/store/read/grants.ts';
import { counts } from '../../counts.ts';
import { AGENT, decide, OPERATOR, submission, submitted } from '../acts.ts';
import { createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { grantOf } from '../inputs.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

const RACES = counts(40, 1_000);

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

function tryGrant(over: Partial<AddGrantInput> = {}): { readonly grant: GrantRow } | Refused {
  const added = f.governor.commitNow((tx) => addGrant(tx, grantOf({ untilMs: f.nowMs + 60_000, ...over })));
  return added;
}

function granted(over: Partial<AddGrantInput> = {}): GrantRow {
  const added = tryGrant(over);
  if (!('grant' in added)) throw new Error(added.detail);
  return added.grant;
}

const now = (grant: GrantRow): GrantRow | null => readGrant(f.store, grant.id);
const GRANTED = { status: 'approved', decided_by_kind: 'grant' };

describe('a grant', () => {
  it('approves what the rules hold for a person, and the record says which grant, and what is left', () => {
    const grant = granted({ uses: 2 });
    const proposal = submitted(f, runId);
    expect(proposal).toMatchObject({
      ...GRANTED,
      decided_by_id: grant.id,
      effect: 'require_approval',
      rule: 'never_auto_approve',
    });
    expect(eventsOf(f.store, 'proposal_decided')).toMatchObject([
      {
        actor: { kind: 'grant', id: grant.id },
        payload: { status: 'approved', proposal_payload_hash: proposal.payload_hash, grant_id: grant.id },
      },
    ]);
    expect(eventsOf(f.store, 'grant_used')).toMatchObject([
      { proposal_id: proposal.id, payload: { grant_id: grant.id, uses_left: 1 } },
    ]);
    expect(eventsOf(f.store, 'grant_exhausted')).toEqual([]);
    expect(submitted(f, runId)).toMatchObject(GRANTED);
    expect(eventsOf(f.store, 'grant_exhausted')).toHaveLength(1);
    expect(submitted(f, runId)).toMatchObject({ status: 'pending', decided_by_kind: null });
  });

  it('approves in its last millisecond, and nothing in the next', () => {
    const grant = granted();
    f.nowMs = grant.until_ms - 1;
    expect(submitted(f, runId)).toMatchObject(GRANTED);
    f.nowMs += 1;
    expect(submitted(f, runId)).toMatchObject({ status: 'pending' });
  });

  it('approves nothing once it is revoked, and is revoked once', () => {
    const grant = granted();
    const revoke = () =>
      f.governor.commitNow((tx) => revokeGrant(tx, { grantId: grant.id, actor: OPERATOR }));
    expect([revoke().result, revoke().result]).toEqual(['revoked', 'revoked']);
    expect(eventsOf(f.store, 'grant_revoked')).toHaveLength(1);
    expect(submitted(f, runId)).toMatchObject({ status: 'pending' });
  });

  it('spends its money by what is expected, and covers nothing whose cost is not said or does not fit', () => {
    const grant = granted({ usd: microUsd(1_000) });
    expect(submitted(f, runId)).toMatchObject({ status: 'pending' });
    expect(submitted(f, runId, { expectedCostUsd: microUsd(600) })).toMatchObject(GRANTED);
    expect(submitted(f, runId, { expectedCostUsd: microUsd(401) })).toMatchObject({ status: 'pending' });
    expect(submitted(f, runId, { expectedCostUsd: microUsd(400) })).toMatchObject(GRANTED);
    expect(now(grant)).toMatchObject({ used: 2, used_usd: 1_000 });
  });

  it('spends its money by what the executor reports in the end', () => {
    const grant = granted({ action: 'publish_note', usd: microUsd(1_000) });
    const note = { actionType: 'publish_note', expectedCostUsd: microUsd(300) };
    const { id } = submitted(f, runId, note);
    f.governor.commitNow((tx) => claimExecution(tx, id));
    const end = { proposalId: id, outcome: 'executed', detail: null, costUsd: 800 } as const;
    f.governor.commitNow((tx) => finishExecution(tx, end));
    expect(now(grant)).toMatchObject({ used: 1, used_usd: 800 });
    expect(submitted(f, runId, note)).toMatchObject({ status: 'pending' });
    expect(submitted(f, runId, { ...note, expectedCostUsd: microUsd(200) })).toMatchObject(GRANTED);
  });

  it('never answers what a rule denies, what the agent asks a person for, or what a person rejected for good', () => {
    submitted(f, runId);
    const rejected = submitted(f, runId, { payload: { to: 'x', body: 1 } });
    decide(f, rejected, { decision: 'reject', final: true });
    const grant = granted({ uses: 100 });
    expect(submitted(f, runId, { payload: { to: 'X', body: 2 } })).toMatchObject({ rule: 'final_rejection' });
    expect(submitted(f, runId, { requiresApproval: true })).toMatchObject({ status: 'pending' });
    expect(submitted(f, runId, { reversible: false })).toMatchObject({ status: 'pending' });
    f.rules = rulesWith({
      policy: { ...f.rules.policy, defaultEffect: 'deny', neverAutoApprove: new Set() },
    });
    expect(submitted(f, runId)).toMatchObject({ status: 'denied', decided_by_kind: 'policy' });
    expect(now(grant)).toMatchObject({ used: 0 });
  });

  it('answers agents, not what the operator proposes', () => {
    granted();
    expect(submitted(f, null, { actor: OPERATOR })).toMatchObject({ status: 'pending' });
  });

  it('is not used by what the rules allow anyway', () => {
    const grant = granted({ action: 'research_only' });
    expect(submitted(f, runId, { actionType: 'research_only' })).toMatchObject({ decided_by_kind: 'policy' });
    expect(now(grant)).toMatchObject({ used: 0 });
  });

  it('that ends first is used first', () => {
    const later = granted({ untilMs: f.nowMs + 90_000 });
    const sooner = granted({ untilMs: f.nowMs + 30_000, uses: 1 });
    expect(submitted(f, runId)).toMatchObject({ decided_by_id: sooner.id });
    expect(submitted(f, runId)).toMatchObject({ decided_by_id: later.id });
  });

  it('whose conditions can’t be read covers nothing', () => {
    granted({ conditions: { 'payload.to': 'a@example.org' } });
    expect(submitted(f, runId)).toMatchObject({ status: 'pending' });
  });

  it('lets a held tool call go on at once, and only the one it names', () => {
    granted({ action: 'tool:WebFetch', resource: 'https://example.org/*', uses: 1 });
    const call = (url: string) =>
      f.governor.commitNow((tx) =>
        checkToolCall(tx, {
          runId,
          actor: AGENT,
          tool: 'WebFetch',
          input: { url },
          agentDir: '/p/agents/noop',
        }),
      );
    const verdict = (url: string): unknown => {
      const checked = call(url);
      return checked.result === 'checked' ? [checked.decision.effect, checked.decision.rule] : checked;
    };
    expect(verdict('https://elsewhere.org/a')).toEqual(['require_approval', 'tools.require_approval']);
    expect(verdict('https://example.org/a')).toEqual(['allow', 'grant']);
    expect(verdict('https://example.org/b')).toEqual(['require_approval', 'tools.require_approval']);
  });

  it.each<[string, Partial<AddGrantInput>]>([
    ['bad_pattern', { action: '*' }],
    ['expires_in_past', { untilMs: 1 }],
    ['too_long', { untilMs: Date.parse('2099-01-01') }],
    ['unknown_agent', { agentId: 'nobody' }],
    ['unknown_run', { runId: 'run_x' }],
  ])('is refused as %s', (code, over) => {
    expect(tryGrant(over)).toMatchObject({ result: 'refused', code });
    expect(eventsOf(f.store, 'grant_created')).toEqual([]);
  });

  it('gives its last use to exactly one of eight at once, over two connections', async () => {
    const { governor } = f.another();
    const grants: GrantRow[] = [];
    for (let round = 0; round < RACES; round += 1) {
      const grant = granted({ action: `race_${round}`, uses: 1 });
      grants.push(grant);
      const racers = Array.from({ length: 8 }, (_, racer) => {
        const input = submission(runId, { actionType: `race_${round}`, payload: { racer } });
        return (racer % 3 === 0 ? governor : f.governor).commit((tx) => submitProposal(tx, input));
      });
      const answers = await Promise.all(racers);
      const won = answers.filter(
        (answer) => answer.result === 'submitted' && answer.proposal.status === 'approved',
      );
      expect(won).toHaveLength(1);
      expect(now(grant)).toMatchObject({ used: 1 });
      for (const answer of answers) {
        if (answer.result === 'submitted' && answer.proposal.status === 'pending') {
          decide(f, answer.proposal, { decision: 'reject' });
        }
      }
    }
    expect(eventsOf(f.store, 'grant_used')).toHaveLength(RACES);
    expect(eventsOf(f.store, 'grant_exhausted')).toHaveLength(RACES);
  });
});
