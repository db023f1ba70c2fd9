import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capStates } from '../../src/governor/ledger/cap-states.ts';
import { raiseCap } from '../../src/governor/ledger/raise-cap.ts';
import { voidReservation } from '../../src/governor/ledger/settle.ts';
import { claimExecution } from '../../src/governor/proposal/claim-execution.ts';
import { expireOverdue } from '../../src/governor/proposal/expire.ts';
import { finishExecution, reportOutcome, resolveUnknown } from '../../src/governor/proposal/outcome.ts';
import { attachTree } from '../../src/governor/run/attach-tree.ts';
import { endRun } from '../../src/governor/run/end-run.ts';
import { noteEnd } from '../../src/governor/run/note-end.ts';
import { mintSessionCode, openSession } from '../../src/governor/sessions.ts';
import { applyVerdict } from '../../src/governor/stop/apply-verdict.ts';
import { killAgent } from '../../src/governor/stop/kill-agent.ts';
import { setKillSwitch } from '../../src/governor/stop/kill-switch.ts';
import { pauseAgent } from '../../src/governor/stop/pause-agent.ts';
import { pauseAll } from '../../src/governor/stop/pause-all.ts';
import { pauseRun } from '../../src/governor/stop/pause-run.ts';
import { resumeAgent, resumeAll } from '../../src/governor/stop/resume-agent.ts';
import { resumeRun } from '../../src/governor/stop/resume-run.ts';
import { checkToolCall } from '../../src/governor/tool/check-tool-call.ts';
import { keepToolResult } from '../../src/governor/tool/keep-result.ts';
import { readAgents } from '../../src/store/read/agents.ts';
import { findEvents, readEventsAfter } from '../../src/store/read/events.ts';
import { readEveryCapRaise, readHistory, seqBeforeNewest } from '../../src/store/read/history.ts';
import { findIds } from '../../src/store/read/ids.ts';
import { readSpan } from '../../src/store/read/ledger.ts';
import {
  countByStatus,
  countUnknownByAgent,
  findExecutable,
  findOverdue,
  findProposals,
  readNextExpiry,
} from '../../src/store/read/proposals.ts';
import {
  countLiveAdvisoryRuns,
  countLiveRuns,
  countLiveRunsOfGroup,
  findRuns,
  isBatchOn,
  readLiveRuns,
  readNewestBatch,
  readPausedRuns,
  readRunBySecretHash,
  readRunsStoppedByCap,
} from '../../src/store/read/runs.ts';
import { readSession } from '../../src/store/read/sessions.ts';
import { readEventsToWatch, readOpenApprovals, readRunEventsToWatch } from '../../src/store/read/watch.ts';
import { AGENT, chargeTool, decide, OPERATOR, reserved, settleCall, submitted } from './acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from './fixture.ts';

/** Tables that grow with history. */
const GROWING =
  /^SCAN (e|b|p|events|event_payloads|proposals|runs|reservations|charges|tool_calls|balances|balance_buckets)\b/;

/** A scan or a sort is allowed only where its rows are bounded, for the reason that stands beside it. */
const BOUNDED: readonly (readonly [detail: RegExp, sql: RegExp, reason: string])[] = [
  [/^SCAN runs USING (COVERING )?INDEX runs_live/, /ended_at_ms IS NULL/, 'live runs only'],
  [/^SCAN events$/, /ORDER BY seq DESC LIMIT 1$/, 'the last row of the table'],
  [
    /^SCAN proposals USING INDEX proposals_(outbox|unfinished)$/,
    /LIMIT \?$/,
    'in the order of a partial index, up to the limit',
  ],
  [/^SCAN proposals USING (COVERING )?INDEX proposals_pending_expiry$/, /LIMIT 1$/, 'the first of an index'],
  [
    /^SCAN proposals USING INDEX sqlite_autoindex_proposals_1$/,
    /ORDER BY id (ASC|DESC) LIMIT \?$/,
    'in the order of the ids, up to the limit',
  ],
  [/^SCAN runs$/, /ORDER BY id DESC LIMIT \?$/, 'in the order of the ids, up to the limit'],
  [
    /^USE TEMP B-TREE FOR ORDER BY$/,
    /LIMIT 1 OFFSET \?$/,
    'of what was found for each type, up to the limit',
  ],
  [/^SCAN e$/, /ORDER BY e\.seq( DESC)? LIMIT \?$/, 'in the order of the record, up to the limit'],
];

describe('every statement of the use cases and of the reads that answer people, watchdog and mirror', () => {
  let f: Fixture;
  const seen = new Set<string>();
  beforeAll(() => {
    const caps = [
      { period: 'run', unit: 'usd', limit: 1e9 },
      { period: 'hour', unit: 'usd', limit: 1e9 },
      { period: 'month', unit: 'usd', limit: 1e9 },
    ] as const;
    const budget = { caps, warnAt: [1e-9], onCap: 'pause' } as const;
    f = createFixture(
      rulesWith({ agents: new Map([['noop', agentRules({ budget })]]), projectBudget: budget }),
    );
    const { statement } = f.store;
    Object.assign(f.store, {
      statement: (sql: string) => {
        seen.add(sql);
        return statement(sql);
      },
    });
    act(f);
    read(f);
  });
  afterAll(() => f.close());

  it('finds its rows by an index, or in an order that stops at a limit', () => {
    expect(seen.size).toBeGreaterThan(70);
    const unbounded = [...seen].flatMap((sql) =>
      planOf(f, sql)
        .filter((detail) => GROWING.test(detail) || detail.startsWith('USE TEMP B-TREE'))
        .filter((detail) => !BOUNDED.some(([allowed, of]) => allowed.test(detail) && of.test(sql.trim())))
        .map((detail) => `${detail} ← ${sql.replace(/\s+/g, ' ')}`),
    );
    expect(unbounded).toEqual([]);
  });

  it('would be caught without its index', () => {
    expect(
      planOf(f, "SELECT id FROM proposals WHERE note = 'x'").some((detail) => GROWING.test(detail)),
    ).toBe(true);
    expect(planOf(f, 'SELECT sum(usd) FROM charges').some((detail) => GROWING.test(detail))).toBe(true);
  });

  it('asks for nothing by an index that would have to read a whole status, agent or run to answer', () => {
    const plan = (part: string): string[] =>
      [...seen].filter((sql) => sql.includes(part)).flatMap((sql) => planOf(f, sql));
    expect(plan('final = 1')).toEqual([
      'SEARCH proposals USING INDEX proposals_rejected_for_good (run_id=? AND action_type=?)',
    ]);
    expect(plan("run_id = ? AND status = 'pending'")).toEqual([
      'SEARCH proposals USING INDEX proposals_by_run_status (run_id=? AND status=?)',
    ]);
    expect(plan('ended_at_ms IS NULL AND agent_id = ?')).toEqual([
      'SEARCH runs USING INDEX runs_live_by_agent (agent_id=?)',
    ]);
  });
});

function planOf(f: Fixture, sql: string): string[] {
  if (!/^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql)) return [];
  const nothing = Array.from({ length: sql.split('?').length - 1 }, () => null);
  const rows = f.store.statement(`EXPLAIN QUERY PLAN ${sql}`).all(...nothing) as {
    readonly detail: string;
  }[];
  return rows.map(({ detail }) => detail);
}

/** Every use case once or more, so that every branch with a statement of its own is taken. */
function act(f: Fixture): void {
  const now = f.governor.commitNow;
  const runId = f.newRun();
  now((tx) => attachTree(tx, { runId, tree: '{}' }));
  settleCall(f, runId, reserved(f, runId, 'a'), { outputTokens: 10 });
  const open = reserved(f, runId, 'b');
  now((tx) => voidReservation(tx, { runId, reservationId: open, reason: 'not_sent' }));
  chargeTool(f, runId, 'c', 100);
  now((tx) =>
    raiseCap(tx, {
      of: { kind: 'agent', id: 'noop' },
      period: 'run',
      unit: 'usd',
      limit: 2e9,
      actor: OPERATOR,
    }),
  );
  const held = now((tx) =>
    checkToolCall(tx, { runId, actor: AGENT, tool: 'WebFetch', input: {}, agentDir: '/x' }),
  );
  const toolCallId = held.result === 'checked' ? held.toolCallId : '';
  now((tx) => keepToolResult(tx, { runId, toolCallId, ok: true, result: null, actor: AGENT }));
  decide(f, submitted(f, runId, { idempotencyKey: 'k' }), { editedPayload: { value: {} } });
  decide(f, submitted(f, runId), { decision: 'reject', final: true });
  const backed = submitted(f, runId, { actionType: 'publish_note' });
  decide(f, backed);
  const outcome = { proposalId: backed.id, detail: null, costUsd: 5 };
  now((tx) => claimExecution(tx, backed.id));
  now((tx) => finishExecution(tx, { ...outcome, outcome: 'unknown' }));
  now((tx) => resolveUnknown(tx, { proposalId: backed.id, action: 'retry', note: '', actor: OPERATOR }));
  now((tx) => reportOutcome(tx, { ...outcome, runId, outcome: 'failed' }));
  submitted(f, runId, { actionType: 'charge_card' });
  f.nowMs += 1;
  now((tx) => expireOverdue(tx, 10));
  now((tx) => noteEnd(tx, { runId, reason: 'gave_up', note: '' }));
  now((tx) => pauseRun(tx, { runId, reason: '', source: 'operator', actor: OPERATOR }));
  now((tx) => resumeRun(tx, { runId, actor: OPERATOR }));
  now((tx) => pauseAll(tx, { reason: '', actor: OPERATOR }));
  now((tx) => resumeAll(tx, OPERATOR));
  now((tx) => pauseAgent(tx, { agentId: 'noop', reason: '', source: 'operator', actor: OPERATOR }));
  now((tx) => resumeAgent(tx, { agentId: 'noop', actor: OPERATOR }));
  const verdict = { rule: 'repeat', action: 'warn', reason: '', evidence: {} } as const;
  now((tx) => applyVerdict(tx, { ...verdict, runId }));
  reserved(f, runId, 'd');
  now((tx) => endRun(tx, { runId, status: 'failed', reason: '', exitCode: 1, actor: OPERATOR }));
  now((tx) => setKillSwitch(tx, { on: true, reason: '', actor: OPERATOR }));
  now((tx) => killAgent(tx, { agentId: 'noop', reason: '', actor: OPERATOR }));
  const { code } = now(mintSessionCode);
  now((tx) => openSession(tx, code));
}

function read(f: Fixture): void {
  const { store } = f;
  const id = { agentId: 'noop', runId: 'run_1', proposalId: 'prp_1' };
  const types = [undefined, 'run_ended', 'llm_call_*'];
  for (const eventType of types) {
    for (const who of [{}, { agentId: id.agentId }, { runId: id.runId }, { proposalId: id.proposalId }, id]) {
      findEvents(store, { ...who, eventType, limit: 5 });
      findEvents(store, { ...who, eventType, sinceMs: 1, untilMs: 2, beforeSeq: 9, limit: 5 });
    }
  }
  for (const order of ['oldest', 'newest'] as const) {
    for (const who of [{}, { agentId: 'noop' }, { runId: 'run_1' }]) {
      for (const what of [{}, { status: 'pending' }, { notStatus: 'pending' }] as const) {
        findProposals(store, { ...who, ...what, order, limit: 5 });
        findProposals(store, { ...who, ...what, order, cursor: 'prp_1', limit: 5 });
      }
    }
  }
  findIds(store, 'proposals', 'prp_', 5);
  findExecutable(store, 5);
  findOverdue(store, f.nowMs, 5);
  readNextExpiry(store);
  countByStatus(store, 'pending');
  countUnknownByAgent(store);
  readOpenApprovals(store, 5);
  readEventsToWatch(store, 0, ['run_ended', 'agent_killed'], 5);
  readRunEventsToWatch(store, { runId: 'run_1', upToSeq: 9 }, ['run_ended', 'agent_killed'], 5);
  readEventsAfter(store, 0, 5);
  readHistory(store, 0, 9, 5);
  seqBeforeNewest(store, 5);
  readEveryCapRaise(store);
  findRuns(store, { limit: 5 });
  findRuns(store, { agentId: 'noop', beforeId: 'run_z', limit: 5 });
  for (const live of [true, false]) {
    findRuns(store, { live, limit: 5 });
    findRuns(store, { live, agentId: 'noop', beforeId: 'run_z', limit: 5 });
  }
  findIds(store, 'runs', 'run_', 5);
  readLiveRuns(store);
  countLiveRuns(store);
  countLiveAdvisoryRuns(store);
  readPausedRuns(store);
  readSpan(store, 'project', 1, 2);
  readNewestBatch(store, 'nightly');
  isBatchOn(store, 'run_1', 5);
  countLiveRunsOfGroup(store, 'nightly');
  readRunsStoppedByCap(store);
  readRunBySecretHash(store, 'x');
  readSession(store, 'x');
  readAgents(store);
  capStates(store, f.rules, f.nowMs, {
    agentId: 'noop',
    runId: 'run_1',
    runUsdCap: 1,
    group: { name: 'nightly', batch: 'run_1' },
  });
}
