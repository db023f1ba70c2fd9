// What tests do with a governor, with the fields that do not matter to them filled in.
import type { Actor } from '../../src/core/audit/event.ts';
import { microUsd } from '../../src/core/ledger/money.ts';
import type { Usage } from '../../src/core/ledger/price.ts';
import { type Charged, charge } from '../../src/governor/ledger/charge.ts';
import { type ReserveInput, type ReserveResult, reserve } from '../../src/governor/ledger/reserve.ts';
import { type Closed, settle } from '../../src/governor/ledger/settle.ts';
import { type Decided, type DecideInput, decideProposal } from '../../src/governor/proposal/decide.ts';
import { type SubmitInput, type Submitted, submitProposal } from '../../src/governor/proposal/submit.ts';
import type { Refused } from '../../src/governor/refusal.ts';
import type { ProposalRow } from '../../src/store/read/proposals.ts';
import type { Fixture } from './fixture.ts';

export const OPERATOR: Actor = { kind: 'operator', id: null };
export const AGENT: Actor = { kind: 'agent', id: 'noop' };

export const NO_TOKENS: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
};

/** With the fixture's prices, 1,000 input and 100 output tokens reserve 3,000 micro-dollars and cost 2,000. */
export function reserveCall(
  f: Fixture,
  runId: string,
  key: string,
  over: Partial<ReserveInput> = {},
): ReserveResult {
  const call = { provider: 'anthropic', model: 'm', inputTokens: 1_000, outputTokens: 100 };
  return f.governor.commitNow((tx) => reserve(tx, { ...call, runId, idempotencyKey: key, ...over }));
}

export function reserved(f: Fixture, runId: string, key: string, over: Partial<ReserveInput> = {}): string {
  const made = reserveCall(f, runId, key, over);
  if (made.result !== 'reserved') throw new Error(`${made.code}: ${made.detail}`);
  return made.reservationId;
}

export function settleCall(
  f: Fixture,
  runId: string,
  id: string,
  usage: Partial<Usage> | null,
): Closed | Refused {
  const whole = usage === null ? null : { ...NO_TOKENS, ...usage };
  return f.governor.commitNow((tx) =>
    settle(tx, { runId, reservationId: id, usage: whole, outcome: 'complete' }),
  );
}

export function chargeTool(
  f: Fixture,
  runId: string,
  key: string,
  usd: number,
  tokens = 0,
): Charged | Refused {
  const input = { runId, agentId: 'noop', usd: microUsd(usd), tokens, tool: 'search', idempotencyKey: key };
  return f.governor.commitNow((tx) => charge(tx, input));
}

export function submission(runId: string | null, over: Partial<SubmitInput> = {}): SubmitInput {
  return {
    runId,
    actor: AGENT,
    actionType: 'send_email',
    payload: { to: 'a@example.org' },
    expectedOutcome: 'it is sent',
    rationale: null,
    reversible: null,
    requiresApproval: null,
    expectedCostUsd: null,
    expiresAtMs: null,
    idempotencyKey: null,
    links: [],
    clientData: {},
    ...over,
  };
}

export function submit(
  f: Fixture,
  runId: string | null,
  over: Partial<SubmitInput> = {},
): Submitted | Refused {
  return f.governor.commitNow((tx) => submitProposal(tx, submission(runId, over)));
}

export function submitted(f: Fixture, runId: string | null, over: Partial<SubmitInput> = {}): ProposalRow {
  const made = submit(f, runId, over);
  if (made.result !== 'submitted') throw new Error(`${made.code}: ${made.detail}`);
  return made.proposal;
}

export function decision(proposal: ProposalRow, over: Partial<DecideInput> = {}): DecideInput {
  return {
    proposalId: proposal.id,
    decision: 'approve',
    payloadHash: proposal.payload_hash,
    note: null,
    final: false,
    actor: OPERATOR,
    via: 'cli',
    ...over,
  };
}

export function decide(
  f: Fixture,
  proposal: ProposalRow,
  over: Partial<DecideInput> = {},
): Decided | Refused {
  return f.governor.commitNow((tx) => decideProposal(tx, decision(proposal, over)));
}
