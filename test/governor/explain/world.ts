// Agents under rules that look at everything there is, and acts put to `explain` first and to the gate then.
import { expect } from 'vitest';
import { type MicroUsd, microUsd } from '../../../src/core/ledger/money.ts';
import { worstCost } from '../../../src/core/ledger/price.ts';
import { UNOPPOSED } from '../../../src/core/policy/action-request.ts';
import { explain } from '../../../src/governor/explain/explain.ts';
import type { Explained, Question } from '../../../src/governor/explain/question.ts';
import { addGrant } from '../../../src/governor/grant/add-grant.ts';
import type { Refused } from '../../../src/governor/refusal.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { registerRun } from '../../../src/governor/run/register-run.ts';
import { setKillSwitch } from '../../../src/governor/stop/kill-switch.ts';
import { pauseRun } from '../../../src/governor/stop/pause-run.ts';
import { resumeAgent } from '../../../src/governor/stop/resume-agent.ts';
import { resumeRun } from '../../../src/governor/stop/resume-run.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import { keepToolResult } from '../../../src/governor/tool/keep-result.ts';
import { readTip } from '../../../src/store/read/events.ts';
import { findProposals } from '../../../src/store/read/proposals.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { AGENT, decide, OPERATOR, reserveCall, submit } from '../acts.ts';
import { createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { registration } from '../inputs.ts';
import type { Act, CallTool, Propose } from './acts.ts';
import { AGENTS, POLICY } from './world-rules.ts';

const ASKED: Question = {
  action: '',
  payload: undefined,
  result: undefined,
  resource: null,
  agentId: null,
  runId: null,
  model: null,
  costUsd: null,
  reversible: null,
  requiresApproval: null,
  agentDir: () => '/agent',
};

/** What is compared: the verdict with everything that is said of it, or the code and words of a refusal. */
type Said = Readonly<Record<string, unknown>>;

export class World {
  readonly f: Fixture;
  readonly runs: string[] = [];
  /** By what decided, how often. */
  readonly #answers: Map<string, number>;
  readonly #calls: {
    readonly runId: string;
    readonly toolCallId: string;
    readonly tool: string;
    readonly input: unknown;
  }[] = [];
  #keys = 0;

  constructor(answers: Map<string, number>) {
    this.#answers = answers;
    const { policy } = rulesOf({ 'policy.toml': POLICY });
    this.f = createFixture(rulesWith({ policy, agents: new Map(AGENTS.map((each) => [each.id, each])) }));
    for (const { id } of AGENTS) this.runs.push(this.f.newRun(id));
  }

  do(act: Act): void {
    switch (act[0]) {
      case 'propose':
        this.#propose(act);
        break;
      case 'tool':
        this.#callTool(act);
        break;
      case 'call':
        this.#callModel(this.#run(act[1]), act[2], act[3]);
        break;
      case 'start':
        this.#start(AGENTS[act[1] % AGENTS.length]?.id ?? '');
        break;
      case 'result':
        this.#report(act[1], act[2]);
        break;
      case 'grant':
        this.#grant(act[1], act[2]);
        break;
      case 'reject':
      case 'approve':
        this.#decide(act[1], act[0] === 'approve');
        break;
      case 'stop':
        this.#stop(act[1], this.#run(act[2]));
        break;
      case 'wait':
        this.f.nowMs += act[1];
    }
  }

  #propose([, n, actionType, payload, usd, reversible, requiresApproval]: Propose): void {
    const runId = n === 7 ? null : this.#run(n);
    const expectedCostUsd = usd as MicroUsd | null;
    const words = { reversible, requiresApproval };
    const said = this.#explained({ action: actionType, payload, runId, costUsd: expectedCostUsd, ...words });
    const made = submit(this.f, runId, { actionType, payload, expectedCostUsd, ...words });
    if (made.result === 'refused') {
      this.#same(said, refusalOf(made));
      return;
    }
    const { status, rule, reasons, severity, decided_by_kind: by, decided_by_id: id } = made.proposal;
    const isGranted = by === 'grant';
    const passed = isGranted || status === 'auto-approved';
    this.#same(said, {
      effect: passed ? 'allow' : status === 'denied' ? 'deny' : 'require_approval',
      rule: isGranted ? 'grant' : rule,
      ...(isGranted ? { grant: id } : { reasons: JSON.parse(reasons) as unknown }),
      severity,
      retry: made.retryAfterSeconds,
    });
  }

  #callTool([, n, [tool, input]]: CallTool): void {
    const runId = this.#run(n);
    const said = this.#explained({ action: `tool:${tool}`, payload: input, runId });
    const checked = this.f.governor.commitNow((tx) =>
      checkToolCall(tx, { runId, actor: AGENT, tool, input, agentDir: '/agent' }),
    );
    if (checked.result === 'refused') {
      this.#same(said, refusalOf(checked));
      return;
    }
    this.#calls.push({ runId, toolCallId: checked.toolCallId, tool, input });
    const { effect, rule, reasons, severity, retryAfterSeconds } = checked.decision;
    this.#same(said, { effect, rule, reasons, severity, retry: retryAfterSeconds ?? null });
  }

  #report(n: number, result: unknown): void {
    const call = this.#calls.splice(n % Math.max(1, this.#calls.length), 1)[0];
    if (call === undefined) return;
    const { runId, toolCallId, tool, input } = call;
    const said = this.#explained({ action: `tool:${tool}`, payload: input, result, runId });
    const taken = this.f.governor.commitNow((tx) =>
      keepToolResult(tx, { runId, toolCallId, ok: true, result, actor: AGENT }),
    );
    if (taken.result === 'refused') throw new Error(taken.detail);
    const { effect, rule, reasons, severity } = taken.against ?? UNOPPOSED;
    this.#same(said, { effect, rule, reasons, severity });
  }

  #callModel(runId: string, model: string, outputTokens: number): void {
    const price = this.f.rules.prices.models.get('m');
    if (price === undefined) throw new Error('the fixture has a price for m');
    const costUsd = microUsd(worstCost(price, 100, outputTokens));
    const said = this.#explained({ action: 'llm_call', runId, model, costUsd });
    this.#keys += 1;
    const made = reserveCall(this.f, runId, `k${this.#keys}`, { model, inputTokens: 100, outputTokens });
    this.#same(said, made.result === 'refused' ? refusalOf(made) : { effect: 'allow' });
  }

  #start(agentId: string): void {
    const said = this.#explained({ action: 'run_start', agentId });
    const secretHash = `secret ${this.runs.length}`;
    const made = this.f.governor.commitNow((tx) => registerRun(tx, registration({ agentId, secretHash })));
    if (made.result === 'registered') this.runs.push(made.runId);
    this.#same(said, made.result === 'refused' ? refusalOf(made) : { effect: 'allow' });
  }

  #grant(n: number, action: string): void {
    const usd = n % 2 === 0 ? null : microUsd(10_000);
    const bounds = { usd, uses: 1 + (n % 3), untilMs: this.f.nowMs + 7_200_000 };
    const runId = n === 3 ? this.#run(n) : null;
    const whose = { resource: null, agentId: null, runId, irreversible: n > 5, conditions: null };
    this.f.governor.commitNow((tx) =>
      addGrant(tx, { action, ...whose, ...bounds, note: null, actor: OPERATOR }),
    );
  }

  #decide(n: number, isApproval: boolean): void {
    const pending = findProposals(this.f.store, { status: 'pending', order: 'oldest', limit: 50 });
    const one = pending[n % Math.max(1, pending.length)];
    if (one !== undefined) decide(this.f, one, isApproval ? {} : { decision: 'reject', final: true });
  }

  #stop(how: 'pause' | 'resume' | 'end' | 'switch' | 'off', runId: string): void {
    const said = { reason: 'a test', actor: OPERATOR };
    this.f.governor.commitNow((tx) => {
      if (how === 'pause') pauseRun(tx, { runId, source: 'operator', ...said });
      if (how === 'switch') setKillSwitch(tx, { on: true, ...said });
      if (how === 'end')
        endRun(tx, { runId, status: 'succeeded', reason: 'done', exitCode: 0, actor: OPERATOR });
      if (how !== 'resume' && how !== 'off') return;
      setKillSwitch(tx, { on: false, ...said });
      resumeRun(tx, { runId, actor: OPERATOR });
      for (const { id } of AGENTS) resumeAgent(tx, { agentId: id, actor: OPERATOR });
    });
  }

  #run(n: number): string {
    return this.runs[(this.runs.length - 1 + n) % this.runs.length] ?? '';
  }

  #explained(question: Partial<Question>): Explained {
    const before = readTip(this.f.store).seq;
    const view = { store: this.f.store, rules: this.f.rules, nowMs: this.f.nowMs, conditionsOf: () => null };
    const made = explain(view, { ...ASKED, ...question });
    if (made.result === 'refused') throw new Error(`${made.code}: ${made.detail}`);
    expect(readTip(this.f.store).seq).toBe(before);
    return made;
  }

  #same({ decision, refusal, grantId }: Explained, was: Said): void {
    this.#answers.set(decision.rule, (this.#answers.get(decision.rule) ?? 0) + 1);
    const { effect, rule, reasons, severity, retryAfterSeconds } = decision;
    const whole = { effect, rule, reasons, severity, retry: retryAfterSeconds ?? null, grant: grantId };
    expect('refused' in was ? refusalOf(refusal) : whole).toMatchObject(was);
    if (refusal === null) expect(was['refused']).toBeUndefined();
  }
}

function refusalOf(refusal: Refused | null): Said {
  return { refused: refusal?.code ?? null, detail: refusal?.detail ?? null };
}
