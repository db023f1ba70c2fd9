import { expect, it } from 'vitest';
import { formatLine, splitLine } from '../../src/core/audit/line.ts';
import { ChainWalk } from '../../src/core/audit/verify.ts';
import { microUsd } from '../../src/core/ledger/money.ts';
import { charge } from '../../src/governor/ledger/charge.ts';
import { reserve } from '../../src/governor/ledger/reserve.ts';
import { settle } from '../../src/governor/ledger/settle.ts';
import { decideProposal } from '../../src/governor/proposal/decide.ts';
import { submitProposal } from '../../src/governor/proposal/submit.ts';
import { killAgent } from '../../src/governor/stop/kill-agent.ts';
import { checkToolCall } from '../../src/governor/tool/check-tool-call.ts';
import { readAgent } from '../../src/store/read/agents.ts';
import { lineParts, readEventsAfter } from '../../src/store/read/events.ts';
import { readBalance } from '../../src/store/read/ledger.ts';
import { readProposal } from '../../src/store/read/proposals.ts';
import { agentRules, createFixture, rulesWith } from './fixture.ts';

it('carries one run through reservation, proposal, tool call and kill, and leaves a chain that verifies', async () => {
  const f = createFixture(
    rulesWith({
      agents: new Map([
        [
          'noop',
          agentRules({
            budget: { caps: [{ period: 'day', unit: 'usd', limit: 10_000 }], warnAt: [0.5], onCap: 'pause' },
          }),
        ],
      ]),
    }),
  );
  const runId = f.newRun();
  const r = f.governor.commitNow((tx) =>
    reserve(tx, {
      runId,
      idempotencyKey: 'a',
      provider: 'anthropic',
      model: 'm',
      inputTokens: 1000,
      outputTokens: 100,
    }),
  );
  expect(r).toMatchObject({ result: 'reserved', usd: 3000 });
  if (r.result !== 'reserved') return;
  expect(
    f.governor.commitNow((tx) =>
      settle(tx, {
        runId,
        reservationId: r.reservationId,
        outcome: 'complete',
        usage: {
          inputTokens: 1000,
          outputTokens: 100,
          cacheReadTokens: 0,
          cacheWrite1hTokens: 0,
          cacheWrite5mTokens: 0,
        },
      }),
    ),
  ).toMatchObject({ postedUsd: 2000 });
  expect(
    f.governor.commitNow((tx) =>
      charge(tx, { runId, agentId: 'noop', usd: microUsd(4000), tokens: 0, tool: 'x', idempotencyKey: 'k' }),
    ),
  ).toMatchObject({ result: 'charged' });
  expect(readAgent(f.store, 'noop')?.status).toBe('warning');
  const submit = {
    runId,
    actor: { kind: 'agent', id: 'noop' } as const,
    actionType: 'send_email',
    payload: { to: 'a' },
    expectedOutcome: 'x',
    rationale: null,
    reversible: null,
    requiresApproval: null,
    expectedCostUsd: null,
    expiresAtMs: null,
    idempotencyKey: null,
    links: [],
    clientData: {},
  };
  const p = f.governor.commitNow((tx) => submitProposal(tx, submit));
  if (p.result !== 'submitted') throw new Error(p.detail);
  expect(p.proposal.status).toBe('pending');
  const decide = () =>
    f.governor.commit((tx) =>
      decideProposal(tx, {
        proposalId: p.proposal.id,
        decision: 'approve',
        payloadHash: p.proposal.payload_hash,
        note: null,
        final: false,
        actor: { kind: 'operator', id: null },
        via: 'cli',
      }),
    );
  const results = await Promise.all(Array.from({ length: 8 }, decide));
  expect(results.filter((x) => x.result === 'decided')).toHaveLength(1);
  expect(
    f.governor.commitNow((tx) =>
      checkToolCall(tx, {
        runId,
        actor: submit.actor,
        tool: 'WebFetch',
        input: { url: 'http://x' },
        agentDir: '/x',
      }),
    ),
  ).toMatchObject({ decision: { effect: 'require_approval' } });
  const over = f.governor.commitNow((tx) =>
    reserve(tx, {
      runId,
      idempotencyKey: 'b',
      provider: 'anthropic',
      model: 'm',
      inputTokens: 1000,
      outputTokens: 1000,
    }),
  );
  expect(over).toMatchObject({ result: 'refused', code: 'over_cap' });
  expect(readAgent(f.store, 'noop')?.status).toBe('paused');
  f.governor.commitNow((tx) => killAgent(tx, { agentId: 'noop', reason: 'x', actor: submit.actor }));
  expect(readBalance(f.store, 'agent:noop')).toMatchObject({ reserved_usd: 0, posted_usd: 6000 });
  expect(readProposal(f.store, p.proposal.id)?.status).toBe('approved');
  const walk = new ChainWalk();
  for (const row of readEventsAfter(f.store, 0, 1000)) {
    expect(walk.check(splitLine(formatLine(lineParts(row))))).toBeNull();
  }
  expect(walk.seq).toBeGreaterThan(10);
  f.close();
});
