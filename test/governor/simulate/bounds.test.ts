import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { loadDetector } from '../../../src/governor/policy/detector.ts';
import { readTip } from '../../../src/store/read/events.ts';
import { rulesOf } from '../../config/bundle-of.ts';
import { submit } from '../acts.ts';
import { createFixture, type Fixture } from '../fixture.ts';
import { makePast, PAST_AGENTS, PAST_COUNT, PAST_FILES } from './past-actions.ts';
import { against, aPast, type Files, withRules } from './replay.ts';

let fixture: Fixture;
afterEach(() => fixture.close());

it('lets the changed rules decide only from a time on: what was before counts as it was decided', async () => {
  fixture = await aPast();
  const tight = withRules('effect = "deny"\nwhen = { action = "draft_content" }');
  const middle = fixture.nowMs - 200_000 - 1;
  const all = await against(fixture, tight);
  const part = await against(fixture, tight, { sinceMs: middle });
  expect(part).toMatchObject({ isPart: true, isCutBefore: false, notAsRecorded: 0 });
  expect(part.actions).toBe(200);
  expect(part.differences).toBe(20);
  expect(all.differences).toBe(60);
  // Three were let pass before, so that a window that reaches back lets none pass after.
  const windowed = withRules(
    'effect = "deny"\nwhen = { action = "draft_content", rate = { over = 40, per = "1h", by = "all" } }',
  );
  expect(await against(fixture, windowed, { sinceMs: middle })).toMatchObject({ differences: 20 });
  expect(await against(fixture, windowed, { sinceMs: middle, mostEventsBefore: 0 })).toMatchObject({
    differences: 0,
    isCutBefore: true,
  });
});

it('replays the newest so many actions when it is asked for no more', async () => {
  fixture = await aPast();
  const found = await against(fixture, withRules('effect = "deny"\nwhen = { action = "draft_content" }'), {
    mostActions: 50,
  });
  expect(found).toMatchObject({ actions: 50, differences: 5, isPart: true });
});

it('has nothing to say of an empty past', async () => {
  fixture = createFixture(rulesOf(PAST_FILES));
  const found = await against(fixture, withRules('effect = "deny"\nwhen = { action = "draft_content" }'));
  expect(found).toMatchObject({ actions: 0, firstMs: null, differences: 0, isPart: false });
});

it('replays tool calls whose inputs are not in the record where no side looks at them, and counts the others', async () => {
  const silent: Files = {
    ...PAST_FILES,
    'governed.toml': `${PAST_FILES['governed.toml']}[record]\ninclude_content = false\n`,
  };
  fixture = await aPast(silent);
  const rule = (when: string): Files => ({
    ...silent,
    'policy.toml': `${silent['policy.toml']}[[rule]]\nname = "none"\neffect = "deny"\nwhen = { ${when} }\n`,
  });
  const found = await against(fixture, rule('tool = { exists = true }'));
  // [tools] looks into what Bash does. A held call has its input in its proposal, for a person to look at.
  const [fetched, bash, read] = [PAST_COUNT / 10, PAST_COUNT / 10, PAST_COUNT / 5];
  expect(found.lost).toEqual({ no_input: bash, no_payload: 0 });
  expect(found.matrix.require_approval.deny).toBe(fetched);
  expect(found.matrix.allow.deny).toBe(read);
  expect(found).toMatchObject({ actions: PAST_COUNT + PAST_AGENTS.length - bash, notAsRecorded: 0 });
  for (const when of [
    'tool = "Read", payload.file_path = "x"',
    'tool = "Read", resource = { contains = "x" }',
  ]) {
    const asking = await against(fixture, rule(when));
    expect(asking.lost).toEqual({ no_input: bash + read, no_payload: 0 });
    expect(asking.differences).toBe(0);
  }
});

it('counts what the store does not hold any more, and goes on', async () => {
  fixture = await aPast();
  const db = new Database(fixture.store.path);
  db.exec('DROP TRIGGER event_payloads_never_go');
  db.exec(
    "DELETE FROM event_payloads WHERE seq IN (SELECT seq FROM events WHERE event_type IN ('tool_call_allowed', 'llm_call_reserved') LIMIT 30)",
  );
  db.exec(
    "DELETE FROM proposals WHERE id IN (SELECT id FROM proposals WHERE action_type = 'draft_content' LIMIT 7)",
  );
  db.close();
  const found = await against(fixture, withRules('effect = "deny"\nwhen = { action = "draft_content" }'));
  expect(found.lost).toEqual({ no_input: 0, no_payload: 37 });
  expect(found.differences).toBe(60 - 7);
});

it('goes through payloads of a megabyte, and shows the beginning of one', async () => {
  await loadDetector();
  fixture = createFixture(rulesOf(PAST_FILES));
  const run = fixture.newRun('shop');
  const text = `${'lorem ipsum '.repeat(85_000)} jane.roe@example.com`;
  for (let n = 0; n < 3; n += 1) {
    submit(fixture, run, { actionType: 'draft_content', payload: { n, text } });
  }
  const found = await against(
    fixture,
    withRules('effect = "deny"\nwhen = { action = "draft_content", payload.text = { detects = "pii" } }'),
  );
  expect(found.differences).toBe(3);
  expect(found.examples[0]?.content).toMatchObject({ isCut: true });
  expect(found.examples[0]?.content.text.length).toBe(2_000);
});

it('looks at what was there when it began, and leaves it alone, while more is recorded', async () => {
  fixture = await aPast(PAST_FILES, 400);
  const before = readTip(fixture.store);
  const going = against(fixture, withRules('effect = "deny"\nwhen = { action = "draft_content" }'));
  const writing = makePast(fixture, 200);
  const [found] = await Promise.all([going, writing]);
  expect(found).toMatchObject({ actions: 400 + PAST_AGENTS.length, differences: 40 });
  expect(readTip(fixture.store).seq).toBeGreaterThan(before.seq);
  const rows = fixture.store.statement('SELECT hash FROM events WHERE seq = ?').get(before.seq);
  expect(rows).toEqual({ hash: before.hash });
});

it('says how far it is, and stops when it is told to', async () => {
  fixture = await aPast();
  const seen: number[] = [];
  await against(fixture, PAST_FILES, { onProgress: (done) => seen.push(done) });
  expect(seen.at(-1)).toBe(1);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  const stopping = new AbortController();
  stopping.abort();
  await expect(against(fixture, PAST_FILES, { signal: stopping.signal })).rejects.toThrow();
  // The scratch stores of a replay that was stopped are as good as new.
  expect(await against(fixture, PAST_FILES)).toMatchObject({ differences: 0, notAsRecorded: 0 });
});
