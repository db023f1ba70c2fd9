// Payloads that mean to slip past a rule, through the real routes: what the gate answers is what explain said, and never `allow` where
// a restricting rule could not be told.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProjectFixture, startProject } from './project-fixture.ts';

const POLICY = `[defaults]
effect = "allow"
[[rule]]
name = "big"
effect = "deny"
when = { action = "refund", payload.amount = { gt = 100 } }
[[rule]]
name = "private"
effect = "deny"
when = { action = "refund", payload = { detects = "pii" } }
[[rule]]
name = "small"
effect = "allow"
when = { action = "read_data", payload.purpose = "billing" }
[[rule]]
name = "purpose"
effect = "require_approval"
when = { action = "read_data", payload.purpose = { exists = false } }
`;

let f: ProjectFixture;
let secret: string;
beforeAll(async () => {
  f = await startProject({ files: { 'policy.toml': POLICY } });
  secret = (await f.newRun()).run_secret;
});
afterAll(() => f.close());

const nested = (levels: number, inside: string): string =>
  `${'['.repeat(levels)}${inside}${']'.repeat(levels)}`;

/** The payload as it is sent, byte for byte. */
async function post(path: string, fields: string, payload: string): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${f.port}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${path === '/proposals' ? secret : f.token('operator')}`,
      'content-type': 'application/json',
    },
    body: `{${fields},"payload":${payload}}`,
  });
  return { http: response.status, ...((await response.json()) as object) };
}

it.each([
  ['a number as text', '{"amount":"500"}', 'pending', 'payload.amount is text, not a number'],
  ['a number in a list', '{"amount":[500]}', 'pending', 'payload.amount is a list, not a number'],
  ['a missing field', '{}', 'pending', 'payload.amount is missing'],
  ['null', '{"amount":null}', 'pending', 'payload.amount is missing'],
  ['what an object inherits', '{"__proto__":{"amount":5}}', 'pending', 'payload.amount is missing'],
  ['a field beside its prototype', '{"amount":500,"__proto__":{"amount":5}}', 'denied', 'big: '],
  ['a name with NUL', '{"amount":500,"\\u0000amount":5}', 'denied', 'big: '],
  ['a name with a zero-width space', '{"a\\u200bmount":5}', 'pending', 'payload.amount is missing'],
  ['the same name twice, the last one large', '{"amount":5,"amount":500}', 'denied', 'big: '],
  ['an address behind NUL', '{"amount":5,"t":"\\u0000ada@example.org"}', 'denied', 'an email address'],
  [
    'an address in bidi marks',
    '{"amount":5,"t":"\\u202eada@example.org\\u202c"}',
    'denied',
    'an email address',
  ],
  [
    'an address cut by zero-width',
    '{"amount":5,"t":"ada@exam\\u200b\\u2060ple.org"}',
    'denied',
    'an email address',
  ],
  ['an address in full width', '{"amount":5,"t":"ada\\uff20example.org"}', 'denied', 'an email address'],
  [
    'an address 60 levels deep',
    `{"amount":5,"t":${nested(60, '"ada@example.org"')}}`,
    'denied',
    'an email address',
  ],
  [
    'an address after a megabyte',
    `{"amount":5,"t":"${'x '.repeat(500_000)}ada@example.org"}`,
    'denied',
    'an email address',
  ],
  ['nothing of all this', '{"amount":5}', 'auto-approved', 'no rule matches refund'],
])('%s', async (_name, payload, status, reason) => {
  const made = await post('/proposals', '"action_type":"refund","expected_outcome":"x"', payload);
  expect(made).toMatchObject({ http: 201, status });
  expect(String(made['reasons'])).toContain(reason);
  const said = await post('/policy/explain', '"action":"refund"', payload);
  const effects = { pending: 'require_approval', denied: 'deny', 'auto-approved': 'allow' };
  expect(said).toMatchObject({
    effect: effects[status as keyof typeof effects],
    rule: made['rule'],
    reasons: made['reasons'],
  });
});

it.each([
  ['65 levels', nested(65, ''), 400, 'too_deep'],
  ['a thousand levels', nested(1_000, ''), 400, 'too_deep'],
  ['over a mebibyte', `"${'x'.repeat(1024 * 1024)}"`, 413, 'too_large'],
  ['a number that is none', '{"amount":1e999}', 400, 'bad_number'],
  ['no JSON', '{"amount":NaN}', 400, 'bad_json'],
])('%s is no payload', async (_name, payload, http, code) => {
  for (const [path, fields] of [
    ['/proposals', '"action_type":"refund","expected_outcome":"x"'],
    ['/policy/explain', '"action":"refund"'],
  ] as const) {
    expect(await post(path, fields, payload)).toMatchObject({ http, code });
  }
});

it('a missing field makes no allow hold, and a rule may ask for it', async () => {
  const fields = '"action_type":"read_data","expected_outcome":"x"';
  expect(await post('/proposals', fields, '{"purpose":"billing"}')).toMatchObject({ rule: 'small' });
  expect(await post('/proposals', fields, '{}')).toMatchObject({ status: 'pending', rule: 'purpose' });
  expect(await post('/proposals', fields, '{"purpose":7}')).toMatchObject({
    status: 'auto-approved',
    reasons: [
      'no rule matches read_data; defaults.effect is allow',
      'small does not allow it: payload.purpose is a number, not text',
    ],
  });
});
