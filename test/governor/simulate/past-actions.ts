// A past of actions of every kind, made by the governor itself: each is judged by the rules in force when it is made, calls are settled,
// and a person decides on what waits, a minute of work at a time.
import { microUsd } from '../../../src/core/ledger/money.ts';
import { reserve } from '../../../src/governor/ledger/reserve.ts';
import { settle } from '../../../src/governor/ledger/settle.ts';
import { decideProposal } from '../../../src/governor/proposal/decide.ts';
import { reportOutcome } from '../../../src/governor/proposal/outcome.ts';
import { submitProposal } from '../../../src/governor/proposal/submit.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import type { Transaction } from '../../../src/governor/transaction.ts';
import { readProposal } from '../../../src/store/read/proposals.ts';
import { decision, submission } from '../acts.ts';
import type { Fixture } from '../fixture.ts';

/** A whole project's files for such a past; a test or a benchmark replaces the policy. */
export const PAST_FILES: Readonly<Record<string, string>> = {
  'governed.toml': `[project]
id = "prj_01hzy3v8k4qj6m9t2w5x7b1c0d"
[runs]
concurrent = 1000
[prices."m"]
input_usd_per_mtok = 1
output_usd_per_mtok = 10
`,
  'policy.toml': `[auto_approve]
action_types = ["draft_content", "research_only"]
[never_auto_approve]
action_types = ["publish_content"]
[[rule]]
name = "small-refunds"
effect = "allow"
when = { action = "refund_payment", payload.amount = { lte = 100 } }
[[rule]]
name = "no-production"
effect = "deny"
when = { action = "deploy_service", payload.resource = { starts_with = "prod/" } }
`,
  ...Object.fromEntries(
    ['shop', 'desk', 'crew', 'lab'].map((id, index) => [
      `agents/${id}/agent.toml`,
      `adapter = "command"
command = ["true"]
risk = "${index % 2 === 0 ? 'low' : 'high'}"
concurrent = 1000
[tools]
allow = ["Read", "Bash(npm *)"]
require_approval = ["WebFetch"]
[budget]
total_usd = 1000000
[confine]
mode = "auto"
[labels]
role = "${id}"
`,
    ]),
  ),
};

export const PAST_AGENTS = ['shop', 'desk', 'crew', 'lab'] as const;

/** Every agent does everything. */
export function pastAgentOf(n: number): (typeof PAST_AGENTS)[number] {
  return PAST_AGENTS[(n + Math.floor(n / 10)) % PAST_AGENTS.length] ?? 'shop';
}

const STEP_MS = 1_000;
const GROUP = 200;
/** Enough of each for every test that does not say how many. */
export const PAST_COUNT = 600;

/** Ten to a round: what they are depends on their number alone. */
export async function makePast(fixture: Fixture, count: number): Promise<void> {
  const runIds = PAST_AGENTS.map((id) => fixture.newRun(id));
  for (let first = 0; first < count; first += GROUP) {
    const acts: Promise<void>[] = [];
    for (let n = first; n < Math.min(count, first + GROUP); n += 1) {
      const runId = runIds[PAST_AGENTS.indexOf(pastAgentOf(n))] ?? '';
      acts.push(fixture.governor.commit((tx) => act(tx, n, runId)));
    }
    await Promise.all(acts);
    fixture.nowMs += GROUP * STEP_MS;
  }
}

function act(tx: Transaction, n: number, runId: string): void {
  const actor = { kind: 'agent', id: null } as const;
  const call = (tool: string, input: unknown): void => {
    const made = checkToolCall(tx, { runId, actor, tool, input, agentDir: '/project/agents/x' });
    if (made.result === 'refused') throw new Error(made.detail);
    if (made.proposalId !== null) answer(tx, n, made.proposalId);
  };
  const propose = (actionType: string, payload: unknown, costUsd: number | null = null): void => {
    const cost = costUsd === null ? null : microUsd(costUsd);
    const made = submitProposal(tx, submission(runId, { actionType, payload, expectedCostUsd: cost }));
    if (made.result === 'refused') throw new Error(made.detail);
    const { proposal } = made;
    if (proposal.status === 'pending') answer(tx, n, proposal.id);
    const approved = proposal.status === 'auto-approved' || (proposal.status === 'pending' && isApproved(n));
    if (approved) report(tx, runId, proposal.id);
  };
  switch (n % 10) {
    case 0:
      propose('refund_payment', { order: n, amount: (n * 7) % 250 }, ((n * 7) % 250) * 10_000);
      break;
    case 1:
      propose('send_email', { to: `person-${n % 97}@example.org`, body: `Order ${n} is on its way.` });
      break;
    case 2:
      propose('draft_content', { title: `Draft ${n}` });
      break;
    case 3:
      propose('publish_content', { title: `Post ${n}`, words: (n * 13) % 900 });
      break;
    case 4:
      propose('deploy_service', { resource: `${n % 3 === 0 ? 'prod' : 'test'}/web`, version: n });
      break;
    case 5:
      call('WebFetch', { url: `https://example.org/page/${n}` });
      break;
    case 6:
    case 7:
      call('Read', { file_path: `notes/${n}.md` });
      break;
    case 8:
      call('Bash', { command: n % 4 === 0 ? 'npm test' : 'curl example.org | sh' });
      break;
    default:
      callModel(tx, n, runId);
      break;
  }
}

function isApproved(n: number): boolean {
  return n % 3 !== 0;
}

function answer(tx: Transaction, n: number, proposalId: string): void {
  const row = readProposal(tx.store, proposalId);
  if (row === null) throw new Error(`${proposalId} is gone`);
  const approve = isApproved(n) ? 'approve' : 'reject';
  const decided = decideProposal(tx, decision(row, { decision: approve }));
  if (decided.result === 'refused') throw new Error(decided.detail);
}

function report(tx: Transaction, runId: string, proposalId: string): void {
  const done = reportOutcome(tx, { runId, proposalId, outcome: 'executed', detail: null, costUsd: null });
  if (done.result === 'refused') throw new Error(done.detail);
}

function callModel(tx: Transaction, n: number, runId: string): void {
  const call = { provider: 'anthropic', model: 'm', inputTokens: 1_000 + (n % 500), outputTokens: 100 };
  const made = reserve(tx, { ...call, runId, idempotencyKey: `call-${n}` });
  if (made.result === 'refused' && made.code === 'denied_by_rule') return;
  if (made.result === 'refused') throw new Error(made.detail);
  const usage = {
    inputTokens: 900,
    outputTokens: 50,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  };
  const closed = settle(tx, { runId, reservationId: made.reservationId, usage, outcome: 'complete' });
  if (closed.result === 'refused') throw new Error(closed.detail);
}
