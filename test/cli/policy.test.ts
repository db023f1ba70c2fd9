import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPlace, type Place, type Said } from './binary.ts';

const RULES = `
[[rule]]
name = "big-refunds"
description = "Refunds over $100 need a person"
effect = "require_approval"
when = { action = "refund_payment", payload.amount = { gt = 100 } }
[[rule]]
name = "small-refunds"
effect = "allow"
when = { action = "refund_payment", payload.amount = { gt = 0, lte = 100 } }
[[rule]]
name = "no-personal-data-out"
effect = "deny"
when = { action = "send_email", payload.body = { detects = "pii" } }
[[test]]
name = "a small refund passes"
given = { action = "refund_payment", payload = { amount = 5 } }
expect = "allow"
rule = "small-refunds"
[[test]]
name = "personal data stays here"
given = { action = "send_email", payload = { body = "ask ada@example.org" } }
expect = "deny"
`;

let place: Place;
let kept: string;
let fresh: Said;
beforeAll(async () => {
  place = newPlace();
  await place.run(['init', place.dir]);
  fresh = await place.run(['policy', 'test']);
  writeFileSync(join(place.dir, 'policy.toml'), RULES);
  await place.run(['accept', '--yes']);
  kept = readFileSync(join(place.dir, 'policy.toml'), 'utf8');
});
afterAll(() => place.remove());

const WRONG = `${RULES.replace('gt = 100', 'gt = 1000')}
[[test]]
name = "a large refund waits"
given = { action = "refund_payment", payload = { amount = 500 } }
expect = "require_approval"
rule = "big-refunds"
`;

describe('policy test', () => {
  test('passes in a new project', () => {
    expect(fresh).toMatchObject({ code: 0, err: '' });
    expect(fresh.out).toContain('✓ an email waits for a person');
    expect(fresh.out).toMatch(/policy\.toml: 3 cases, 3 passed\n$/);
  });

  test('runs the cases and exits 0 when all pass', async () => {
    const said = await place.run(['policy', 'test']);
    expect(said).toEqual({
      code: 0,
      out: '✓ a small refund passes\n✓ personal data stays here\n\npolicy.toml: 2 cases, 2 passed\n',
      err: '',
    });
  });

  test('exits 1 when one fails, with its line, what was expected, what came out and why', async () => {
    writeFileSync(join(place.dir, 'other.toml'), WRONG);
    const said = await place.run(['policy', 'test', 'other.toml']);
    expect(said.code).toBe(1);
    const line = WRONG.split('\n').lastIndexOf('[[test]]') + 1;
    expect(said.out).toContain(
      [
        '✗ a large refund waits',
        `    at        other.toml:${line}`,
        '    expected  require_approval by big-refunds',
        '    got       require_approval by defaults',
        '    why       no rule matches refund_payment; defaults.effect is require_approval',
        '    why not   big-refunds does not hold: not so that payload.amount is over 1000',
      ].join('\n'),
    );
    expect(said.out).toContain('other.toml: 3 cases, 2 passed, 1 failed');
  });

  test('prints every case as JSON', async () => {
    const said = await place.run(['policy', 'test', 'other.toml', '--json']);
    expect(said.code).toBe(1);
    expect(JSON.parse(said.out)).toMatchObject({
      ok: false,
      file: 'other.toml',
      passed: 2,
      failed: 1,
      cases: [
        { name: 'a small refund passes', passed: true, expected: 'allow', rule: 'small-refunds' },
        { passed: true, effect: 'deny', rule: 'no-personal-data-out' },
        { passed: false, expected: 'require_approval', expected_rule: 'big-refunds', rule: 'defaults' },
      ],
    });
  });

  test('names the file and line of a mistake, and exits 2', async () => {
    writeFileSync(join(place.dir, 'other.toml'), `${RULES}\n[[test]]\nexpect = "maybe"\n`);
    const said = await place.run(['policy', 'test', 'other.toml']);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toMatch(/^error: other\.toml:\d+/m);
    const missing = await place.run(['policy', 'test', 'none.toml']);
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("none.toml can't be read") });
  });

  test('of a policy without cases shows how one looks', async () => {
    writeFileSync(join(place.dir, 'other.toml'), '[defaults]\neffect = "deny"\n');
    const said = await place.run(['policy', 'test', 'other.toml']);
    expect(said).toMatchObject({ code: 0, out: expect.stringContaining('[[test]]') });
  });
});

describe('failing cases', () => {
  test('are told by check, and shown by accept before anything is put in force', async () => {
    writeFileSync(
      join(place.dir, 'policy.toml'),
      `${kept}\n[[test]]\ngiven = { action = "x" }\nexpect = "deny"\n`,
    );
    const check = await place.run(['policy', 'check']);
    expect(check).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 of 3 cases of policy.toml fails'),
    });
    const refused = await place.run(['accept']);
    expect(refused.code).toBe(9);
    expect(refused.err).toContain('test 3: x');
    expect(refused.err.indexOf('test 3: x')).toBeLessThan(refused.err.indexOf('error:'));
    const accepted = await place.run(['accept', '--yes', '--json']);
    expect(JSON.parse(accepted.out)).toMatchObject({
      accepted: true,
      cases: { passed: 2, failed: [{ rule: 'defaults' }] },
    });
    writeFileSync(join(place.dir, 'policy.toml'), kept);
    const back = await place.run(['accept', '--yes']);
    expect(back.out).toContain('policy.toml: 2 cases, all pass');
  });
});

describe('policy explain without a server', () => {
  const explain = async (...args: string[]): Promise<unknown> =>
    JSON.parse((await place.run(['policy', 'explain', ...args, '--json'])).out);

  test('takes the payload as it is typed, from a file, and from stdin', async () => {
    const said = {
      effect: 'require_approval',
      rule: 'big-refunds',
      reasons: ['big-refunds: Refunds over $100 need a person'],
    };
    expect(await explain('refund_payment', '--payload', '{"amount": 500}')).toMatchObject(said);
    writeFileSync(join(place.dir, 'payload.json'), '{"amount": 500}');
    expect(await explain('refund_payment', '--payload', '@payload.json')).toMatchObject(said);
    const piped = await place.run(['policy', 'explain', 'refund_payment', '--payload', '-', '--json'], {
      stdin: '{"amount": 500}',
    });
    expect(JSON.parse(piped.out)).toMatchObject(said);
    expect(piped.code).toBe(0);
  });

  test('searches texts, and holds what can’t be told', async () => {
    const body = { body: 'write to ada@example.org' };
    expect(await explain('send_email', '--payload', JSON.stringify(body))).toMatchObject({
      effect: 'deny',
      rule: 'no-personal-data-out',
    });
    expect(await explain('refund_payment', '--payload', '{"amount": "5"}')).toMatchObject({
      effect: 'require_approval',
      reasons: [
        'big-refunds needs a person to look: payload.amount is text, not a number',
        'no rule matches refund_payment; defaults.effect is require_approval',
        'small-refunds does not allow it: payload.amount is text, not a number',
      ],
    });
  });

  test('takes a date, a time of day and a time from now', async () => {
    const at = async (text: string) => (await explain('note', '--at', text)) as { readonly at: string };
    expect((await at('2026-12-24')).at).toBe('2026-12-24T00:00:00.000Z');
    expect((await at('2026-12-24T10:00:00+01:00')).at).toBe('2026-12-24T09:00:00.000Z');
    const ahead = Date.parse((await at('2h')).at) - Date.now();
    expect(Math.abs(ahead - 7_200_000)).toBeLessThan(60_000);
    const evening = Date.parse((await at('18:00')).at) - Date.now();
    expect(evening).toBeGreaterThan(-60_000);
    expect(evening).toBeLessThanOrEqual(86_400_000);
  });

  test('judges tool calls by the lists of the agent', async () => {
    expect(await explain('tool:Bash', '--agent', 'noop', '--resource', 'ls')).toMatchObject({
      effect: 'deny',
      rule: 'tools.default',
      agent_id: 'noop',
    });
    expect(await explain('tool:Bash', '--payload', '{}')).toMatchObject({
      effect: 'deny',
      by_rules: { effect: 'allow' },
      assumed: [expect.stringContaining('no agent is named')],
    });
    expect(await explain('run_start', '--agent', 'noop')).toMatchObject({ effect: 'allow', refusal: null });
  });

  test.each([
    [['refund_payment', '--payload', '{amount: 5}'], /--payload: what was given is not JSON/, /quote it/],
    [['refund_payment', '--payload', '{"amount": 1e999}'], /a number that is too large/, /./],
    [['refund_payment', '--payload', `${'['.repeat(1000)}${']'.repeat(1000)}`], /more than 64 levels/, /./],
    [['refund_payment', '--agent', 'nobody'], /no accepted agent "nobody"/, /agents: hello, noop, publisher/],
    [['refund_payment', '--at', 'soon'], /--at "soon" is no time to come/, /2026-11-20T18:00:00Z/],
    [['a b'], /"a b" is no action type/, /tool:Bash/],
  ])('refuses %j with what to do', async (args, message, hint) => {
    const said = await place.run(['policy', 'explain', ...args]);
    expect(said.code).toBe(2);
    expect(said.err).toMatch(message);
    expect(said.err).toMatch(hint);
  });
});
