import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadDetector } from '../../../src/governor/policy/detector.ts';
import { resumeRun } from '../../../src/governor/stop/resume-run.ts';
import { checkToolCall } from '../../../src/governor/tool/check-tool-call.ts';
import { keepToolResult } from '../../../src/governor/tool/keep-result.ts';
import { readAgent } from '../../../src/store/read/agents.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { readToolCall } from '../../../src/store/read/tool-calls.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { AGENT, OPERATOR, submit } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

const POLICY = `
[defaults]
effect = "allow"
[[rule]]
name = "no-secrets-from-files"
description = "Secrets stay where they are"
effect = "deny"
when = { tool = "Read", payload = { detects = "secret" } }
unless = { resource = { starts_with = "workspace/tests/" } }
[[rule]]
name = "look-at-personal-data"
effect = "require_approval"
when = { action = { starts_with = "tool:" }, payload = { detects = "pii" } }
[[rule]]
name = "no-personal-data-in-text"
effect = "deny"
when = { payload.text = { exists = true, detects = "pii" } }
[[rule]]
name = "welcome"
effect = "allow"
when = { payload = { detects = "pii" } }
[[rule]]
name = "busy"
effect = "deny"
when = { payload = { detects = "pii" }, rate = { over = 1000, per = "1m", by = "agent" } }
`;

const SECRET = `AKIA${'Q3XZ7YTR5PLM2KJH'}`;
const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEpAIBAAKCAQEA'.repeat(8)}\n-----END RSA PRIVATE KEY-----`;

let f: Fixture;
let runId: string;
beforeAll(async () => {
  await loadDetector();
});
beforeEach(() => {
  const tools = { allow: ['*'], requireApproval: [], deny: [] };
  const { policy } = rulesOf({ 'policy.toml': POLICY });
  f = createFixture(rulesWith({ policy, agents: new Map([['noop', agentRules({ risk: 'low', tools })]]) }));
  runId = f.newRun();
});
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

function call(tool: string, input: unknown): string {
  const made = f.governor.commitNow((tx) =>
    checkToolCall(tx, { runId, actor: AGENT, tool, input, agentDir: '/agent' }),
  );
  if (made.result !== 'checked') throw new Error(made.detail);
  expect(made.decision.effect).toBe('allow');
  return made.toolCallId;
}

const keep = (toolCallId: string, result: unknown): ReturnType<typeof keepToolResult> =>
  f.governor.commitNow((tx) => keepToolResult(tx, { runId, toolCallId, ok: true, result, actor: AGENT }));

describe('what a tool brought back', () => {
  it('is kept as it is when no rule has anything against it', () => {
    const id = call('Read', { file_path: 'notes.md' });
    expect(keep(id, 'nothing of interest')).toEqual({ result: 'taken', isKept: true, against: null });
    expect(readToolCall(f.store, id)?.result).toBe('"nothing of interest"');
    expect(readRun(f.store, runId)?.status).not.toBe('paused');
  });

  it('is not kept where a rule denies it, and the run stands still until a person has looked', () => {
    const id = call('Read', { file_path: '.env' });
    const taken = keep(id, { content: KEY });
    expect(taken).toMatchObject({
      isKept: false,
      against: {
        effect: 'deny',
        rule: 'no-secrets-from-files',
        reasons: ['no-secrets-from-files: Secrets stay where they are (payload holds a private key)'],
      },
    });
    expect(readToolCall(f.store, id)).toMatchObject({ result: null, result_at_ms: f.nowMs });
    expect(readRun(f.store, runId)).toMatchObject({
      status: 'paused',
      pause_source: 'watchdog',
      pause_reason: expect.stringContaining('what Read brought back: no-secrets-from-files'),
    });
    expect(submit(f, runId, { actionType: 'note' })).toMatchObject({ result: 'refused', code: 'paused' });
    expect(readAgent(f.store, 'noop')).toMatchObject({ flags: 1, pauses: 1 });
    const [flag] = eventsOf(f.store, 'audit_flag_tool_result');
    expect(flag).toMatchObject({ actor: { kind: 'policy', id: 'no-secrets-from-files' } });
    expect(JSON.stringify(verifiedEvents(f.store))).not.toContain('BEGIN RSA');
    f.governor.commitNow((tx) => resumeRun(tx, { runId, actor: OPERATOR }));
    expect(submit(f, runId, { actionType: 'note', payload: {} })).toMatchObject({ result: 'submitted' });
  });

  it('is kept where a rule wants a person, who has to let the run go on', () => {
    const id = call('WebFetch', { url: 'https://example.org/' });
    expect(keep(id, 'ask ada@example.org')).toMatchObject({
      isKept: true,
      against: { effect: 'require_approval', rule: 'look-at-personal-data' },
    });
    expect(readToolCall(f.store, id)?.result).toBe('"ask ada@example.org"');
    expect(readRun(f.store, runId)?.status).toBe('paused');
  });

  it('is judged with what the call acted on, so that exceptions hold', () => {
    expect(keep(call('Read', { file_path: 'tests/keys.pem' }), KEY)).toMatchObject({ against: null });
    expect(keep(call('Read', { file_path: 'keys.pem' }), KEY)).toMatchObject({ isKept: false });
  });

  it('is asked nothing of a field that it does not have, and everything of one that it has', () => {
    expect(keep(call('Bash', { command: 'ls' }), { out: 'a.txt' })).toMatchObject({ against: null });
    expect(keep(call('Bash', { command: 'ls' }), { text: 'ada@example.org' })).toMatchObject({
      isKept: false,
      against: { rule: 'no-personal-data-in-text' },
    });
  });

  it.each([[null], [undefined], [''], [[]], [{}], [0]])('of %j holds nothing', (result) => {
    expect(keep(call('Read', { file_path: 'a' }), result)).toMatchObject({ isKept: true, against: null });
  });

  it('is taken once, also when it was withheld', () => {
    const id = call('Read', { file_path: '.env' });
    keep(id, KEY);
    expect(keep(id, 'clean')).toMatchObject({ result: 'refused', code: 'already_reported' });
    expect(eventsOf(f.store, 'audit_flag_tool_result')).toHaveLength(1);
  });

  it('is searched through a nesting of a thousand levels and a megabyte of text', () => {
    let deep: unknown = KEY;
    for (let level = 0; level < 1_000; level += 1) deep = [deep];
    const id = call('Read', { file_path: 'deep.json' });
    expect(keep(id, deep)).toMatchObject({ isKept: false });
    f.governor.commitNow((tx) => resumeRun(tx, { runId, actor: OPERATOR }));
    const long = call('Read', { file_path: 'long.txt' });
    expect(keep(long, `${'x'.repeat(1024 * 1024)} ${SECRET} ${KEY}`)).toMatchObject({ isKept: false });
  });
});
