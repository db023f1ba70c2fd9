import { expect, it } from 'vitest';
import { type ToolGateContext, toolGate } from '../../../src/runner/adapters/tool-gate.ts';
import { activity } from '../../../src/runner/gateway/activity.ts';
import { pauseGate } from '../../../src/runner/gateway/pause-gate.ts';

type Checked = Awaited<ReturnType<ToolGateContext['link']['checkTool']>>;

const refused = (code: string, detail: string): Checked => ({
  result: 'refused',
  status: 403,
  code,
  detail,
  hint: 'see the caps',
});
const OVER_CAP = refused('over_cap', 'over run_tool_calls');
const ALLOWED: Checked = {
  result: 'ok',
  value: {
    tool_call_id: 'tlc_1',
    verdict: 'allow',
    proposal_id: null,
    rule: 'allow',
    reasons: [],
    severity: 'low',
    retry_after: null,
  },
};

/** `answer` is asked with how many calls came before. */
function gateOf(answer: (asked: number) => Checked) {
  const gate = pauseGate();
  let asked = 0;
  const link = {
    checkTool: () => Promise.resolve(answer(asked++)),
    proposal: () => Promise.reject(new Error('nothing is held')),
    toolResult: () => Promise.reject(new Error('nothing is reported')),
    outcome: () => Promise.reject(new Error('nothing is reported')),
  };
  const over = new AbortController();
  const context = { link, gate, activity: activity(), onHeld: () => undefined, over: over.signal };
  return { gate, over, judge: () => toolGate(context).judge('call', 'Bash', {}), asked: () => asked };
}

it('takes no cap for the answer before it has asked once more', async () => {
  const { judge, asked } = gateOf(() => OVER_CAP);
  expect(await judge()).toEqual({ verdict: 'deny', message: 'over run_tool_calls; see the caps' });
  expect(asked()).toBe(2);
});

it('says what ended the run, not only that it has ended', async () => {
  const ended = refused('run_ended', 'the run has ended');
  const { judge } = gateOf((asked) => (asked === 0 ? OVER_CAP : ended));
  expect(await judge()).toMatchObject({ message: expect.stringContaining('over run_tool_calls') });
});

it('waits again when what a cap was raised to is not enough, whoever heard of the pause first', async () => {
  const { gate, judge, asked } = gateOf((before) => {
    if (before >= 2) return ALLOWED;
    // The runner hears of the pause at once, so that the call stands at its gate before it asks again.
    gate.pause();
    setTimeout(() => gate.resume(), 20);
    return OVER_CAP;
  });
  expect(await judge()).toEqual({ verdict: 'allow', input: {} });
  expect(asked()).toBe(3);
});
