import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_PENDING_PER_RUN } from '../../../src/governor/proposal/judge-proposal.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import { keepToolResult } from '../../../src/governor/tool/keep-result.ts';
import { readBalance } from '../../../src/store/read/ledger.ts';
import { readProposal } from '../../../src/store/read/proposals.ts';
import { AGENT, decide, submitted } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf, typesOf, verifiedEvents } from '../record.ts';

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

const check = (tool: string, input: unknown = { url: 'http://x' }): ReturnType<typeof checkToolCall> =>
  f.governor.commitNow((tx) => checkToolCall(tx, { runId, actor: AGENT, tool, input, agentDir: '/agent' }));
const calls = (): number => readBalance(f.store, 'agent:noop').posted_tool_calls;

describe('a tool call', () => {
  it.each([
    ['Read', 'allow', 'tool_call_allowed', 1],
    ['Bash', 'deny', 'tool_call_denied', 0],
    ['WebFetch', 'require_approval', 'tool_call_held', 1],
  ] as const)(
    'of %s is judged %s by the lists of its agent, recorded and counted',
    (tool, effect, eventType, counted) => {
      expect(check(tool)).toMatchObject({ result: 'checked', decision: { effect } });
      expect(typesOf(f.store).at(-1)).toBe(eventType);
      expect(calls()).toBe(counted);
    },
  );

  it("that is held waits as a proposal about exactly this input, in nobody's words but the rule's", () => {
    const checked = check('WebFetch', { url: 'http://y' });
    if (checked.result !== 'checked' || checked.proposalId === null) throw new Error('not held');
    const proposal = readProposal(f.store, checked.proposalId);
    expect(proposal).toMatchObject({
      status: 'pending',
      action_type: 'tool:WebFetch',
      payload: '{"url":"http://y"}',
      requires_approval: null,
    });
    expect(proposal?.reasons).not.toContain('asked');
  });

  it('is held where the lists hold it, also when the policy denies what no rule matches', () => {
    f.rules = rulesWith({ policy: { ...f.rules.policy, defaultEffect: 'deny' } });
    expect(check('WebFetch')).toMatchObject({ decision: { effect: 'require_approval' } });
  });

  it('is held although its list allows it, when never_auto_approve names it', () => {
    f.rules = rulesWith({ policy: { ...f.rules.policy, neverAutoApprove: new Set(['tool:Read']) } });
    expect(check('Read')).toMatchObject({
      decision: { effect: 'require_approval', rule: 'never_auto_approve' },
    });
  });

  it('is held although auto_approve names it, when its list holds it', () => {
    f.rules = rulesWith({ policy: { ...f.rules.policy, autoApprove: new Set(['tool:WebFetch']) } });
    expect(check('WebFetch')).toMatchObject({ decision: { effect: 'require_approval' } });
  });

  it('is denied, and says so, after a person rejected the tool for good', () => {
    const checked = check('WebFetch');
    if (checked.result !== 'checked') throw new Error(checked.detail);
    const proposal = readProposal(f.store, checked.proposalId ?? '');
    if (proposal !== null) decide(f, proposal, { decision: 'reject', final: true });
    expect(check('WebFetch')).toMatchObject({ decision: { effect: 'deny', rule: 'final_rejection' } });
    expect(typesOf(f.store).at(-1)).toBe('tool_call_denied');
    expect(calls()).toBe(1);
  });

  it('that can not wait because too many do is refused and not counted', () => {
    for (let n = 0; n < MAX_PENDING_PER_RUN; n += 1) submitted(f, runId);
    expect(check('WebFetch')).toMatchObject({ result: 'refused', code: 'too_many_pending' });
    expect(calls()).toBe(0);
  });

  it('beyond the cap on tool calls is refused, and pauses', () => {
    const budget = {
      caps: [{ period: 'run', unit: 'tool_calls', limit: 2 }],
      warnAt: [],
      onCap: 'pause',
    } as const;
    f.rules = rulesWith({
      agents: new Map([
        ['noop', agentRules({ budget, tools: { allow: ['Read'], requireApproval: [], deny: [] } })],
      ]),
    });
    expect([check('Read'), check('Read')].map(({ result }) => result)).toEqual(['checked', 'checked']);
    expect(check('Read')).toMatchObject({ code: 'over_cap' });
    expect(check('Read')).toMatchObject({ code: 'paused' });
    expect(calls()).toBe(2);
  });

  it('is denied once its agent is gone from the rules', () => {
    f.rules = rulesWith({ agents: new Map() });
    expect(check('Read')).toMatchObject({ decision: { effect: 'deny' } });
  });

  it('keeps what came back once, for its own run', () => {
    const checked = check('Read');
    if (checked.result !== 'checked') throw new Error(checked.detail);
    const keep = (of: string): unknown =>
      f.governor.commitNow((tx) =>
        keepToolResult(tx, {
          runId: of,
          toolCallId: checked.toolCallId,
          ok: true,
          result: { lines: 3 },
          actor: AGENT,
        }),
      );
    expect(keep(f.newRun())).toMatchObject({ code: 'not_found' });
    expect(keep(runId)).toEqual({ result: 'taken', isKept: true, against: null });
    expect(keep(runId)).toMatchObject({ code: 'already_reported' });
    expect(eventsOf(f.store, 'tool_call_completed')).toHaveLength(1);
  });
});
