import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTip } from '../../src/store/read/events.ts';
import { type AppFixture, createAppFixture } from './app-fixture.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';
import { sendRaw, statusOf } from './raw-socket.ts';

let f: AppFixture;
let run: { readonly runId: string; readonly secret: string };
beforeAll(async () => {
  f = await createAppFixture();
  run = f.newRun();
});
afterAll(() => f.close());

async function post(
  path: string,
  body: string,
  secret = run.secret,
): Promise<{ status: number; code: string; detail: string }> {
  const answer = await f.send('POST', path, { authorization: `Bearer ${secret}` }, body);
  const { code = '', detail = '' } = (await answer.json()) as { code?: string; detail?: string };
  return { status: answer.status, code, detail };
}

const proposal = (over: string): string =>
  `{"action_type":"send_email","expected_outcome":"x","payload":{}${over}}`;
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

it.each([
  ['NaN', '{"usd":NaN,"tool":"t","idempotency_key":"k"}', 'bad_json'],
  ['Infinity', '{"usd":Infinity,"tool":"t","idempotency_key":"k"}', 'bad_json'],
  ['1e999', '{"usd":1e999,"tool":"t","idempotency_key":"k"}', 'bad_number'],
  ['-1e999', '{"usd":-1e999,"tool":"t","idempotency_key":"k"}', 'bad_number'],
  ['minus one', '{"usd":-1,"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['minus nearly nothing', '{"usd":-1e-9,"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['a billion and one dollars', '{"usd":1000000001,"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['text', '{"usd":"1","tool":"t","idempotency_key":"k"}', 'invalid'],
  ['nothing', '{"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['null', '{"usd":null,"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['2^63 tokens', '{"usd":1,"tokens":9223372036854775808,"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['half a token', '{"usd":1,"tokens":0.5,"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['minus one token', '{"usd":1,"tokens":-1,"tool":"t","idempotency_key":"k"}', 'invalid'],
  ['an unknown field', '{"usd":1,"tool":"t","idempotency_key":"k","free":true}', 'invalid'],
  ['__proto__', '{"usd":1,"tool":"t","idempotency_key":"k","__proto__":{"usd":0}}', 'invalid'],
  [
    'constructor',
    '{"usd":1,"tool":"t","idempotency_key":"k","constructor":{"prototype":{"usd":0}}}',
    'invalid',
  ],
  ['an array', '[1]', 'invalid'],
  ['a number', '1', 'invalid'],
  ['half of JSON', '{"usd":1', 'bad_json'],
  ['a byte order mark', '\uFEFF{"usd":1,"tool":"t","idempotency_key":"k"}', 'bad_json'],
])('charges nothing for %s', async (_name, body, code) => {
  const before = readTip(f.context.store).seq;
  expect(await post('/budget/noop/charge', body)).toMatchObject({ status: 400, code });
  expect(readTip(f.context.store).seq).toBe(before);
});

it('takes a payload of sixty-four levels and refuses one of sixty-five, and of a thousand', async () => {
  expect(await post('/proposals', proposal(`,"payload":${nested(64)}`))).toMatchObject({ status: 201 });
  expect(await post('/proposals', proposal(`,"payload":${nested(65)}`))).toMatchObject({
    status: 400,
    code: 'too_deep',
  });
  expect(await post('/proposals', proposal(`,"payload":${nested(1_000)}`))).toMatchObject({
    status: 400,
    code: 'too_deep',
  });
  expect(await post('/tool-calls', `{"tool":"Read","input":${nested(65)}}`)).toMatchObject({
    code: 'too_deep',
  });
  // Brackets in a string, also behind an escaped quote, are no levels.
  const quoted = JSON.stringify(`\\"${'['.repeat(100)}`);
  expect(await post('/proposals', proposal(`,"payload":${quoted}`))).toMatchObject({ status: 201 });
});

it.each([
  ['a line break', '\\n'],
  ['an escape', '\\u001b'],
  ['a line separator', '\\u2028'],
  ['a next line', '\\u0085'],
])('refuses a tool, a provider and a model with %s in its name, and says which', async (_what, broken) => {
  const forged = `"x${broken}✓ forged"`;
  const asked = '"idempotency_key":"k","input_tokens":1,"output_tokens":1';
  for (const [path, body, field] of [
    ['/tool-calls', `{"tool":${forged},"input":{}}`, 'tool'],
    ['/reservations', `{${asked},"provider":"p","model":${forged}}`, 'model'],
    ['/reservations', `{${asked},"provider":${forged},"model":"m"}`, 'provider'],
    ['/budget/noop/charge', `{"usd":1,"tool":${forged},"idempotency_key":"k"}`, 'tool'],
  ] as const) {
    const answer = await post(path, body);
    expect(answer, path).toMatchObject({ status: 400, code: 'invalid' });
    expect(answer.detail, path).toContain(`${field}: must be without line breaks and control characters`);
  }
});

it.each(['Bash', 'mcp__files__read-file', 'WebFetch', 'web.run', 'Über Werkzeug'])(
  'takes the tool %s',
  async (tool) => {
    expect(await post('/tool-calls', JSON.stringify({ tool, input: {} }))).toMatchObject({ status: 201 });
  },
);

it('keeps odd payloads exactly as they came', async () => {
  for (const payload of [
    '{"__proto__":{"a":1},"constructor":1}',
    '"\\ud800"',
    '{"":0}',
    '-0',
    '1e300',
    'null',
    '[]',
  ]) {
    const answer = await f.send(
      'POST',
      '/proposals',
      { authorization: `Bearer ${run.secret}` },
      proposal(`,"payload":${payload}`),
    );
    const { proposal_id: id } = (await answer.json()) as { proposal_id: string };
    const seen = await (
      await f.send('GET', `/proposals/${id}`, { authorization: `Bearer ${run.secret}` })
    ).text();
    expect(seen, payload).toContain(
      `"payload":${payload === '-0' ? '0' : payload === '1e300' ? '1e+300' : payload},`,
    );
  }
  expect(await post('/proposals', proposal(',"payload":[1e999]'))).toMatchObject({
    status: 400,
    code: 'bad_number',
  });
  expect(f.bugs).toEqual([]);
});

it('takes times as data, never as an order: past expiry is refused, a far one is cut, submitted_at is kept aside', async () => {
  expect(await post('/proposals', proposal(',"expires_at":"2000-01-01T00:00:00Z"'))).toMatchObject({
    status: 400,
    code: 'expires_in_past',
  });
  expect(await post('/proposals', proposal(',"expires_at":"tomorrow"'))).toMatchObject({
    status: 400,
    code: 'invalid',
  });
  expect(await post('/proposals', proposal(',"expires_at":"9999-99-99T00:00:00Z"'))).toMatchObject({
    status: 400,
    code: 'invalid',
  });
  const body = proposal(',"expires_at":"9999-12-31T00:00:00Z","submitted_at":"9999-12-31T00:00:00Z"');
  const answer = await f.send('POST', '/proposals', { authorization: `Bearer ${run.secret}` }, body);
  const { expires_at: expiresAt } = (await answer.json()) as { expires_at: string };
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThan(13 * 3_600_000);
});

it('blocks and flags an agent that wants to skip the person', async () => {
  expect(await post('/proposals', proposal(',"requires_approval":false'))).toMatchObject({
    status: 400,
    code: 'self_approve_blocked',
  });
});

it('answers a repeated idempotency key with what stands, and refuses it with other content', async () => {
  const body = (text: string): string => proposal(`,"idempotency_key":"one","payload":${text}`);
  expect(await post('/proposals', body('1'))).toMatchObject({ status: 201 });
  expect(await post('/proposals', body('1'))).toMatchObject({ status: 200 });
  expect(await post('/proposals', body('2'))).toMatchObject({ status: 409, code: 'idempotency_conflict' });
  const charge = (usd: number): string => `{"usd":${usd},"tool":"t","idempotency_key":"c"}`;
  expect(await post('/budget/noop/charge', charge(1))).toMatchObject({ status: 201 });
  expect(await post('/budget/noop/charge', charge(1))).toMatchObject({ status: 200 });
  expect(await post('/budget/noop/charge', charge(2))).toMatchObject({
    status: 409,
    code: 'idempotency_conflict',
  });
});

it('refuses queries with unknown, doubled or wrong fields', async () => {
  const headers = { authorization: `Bearer ${f.token('viewer')}` };
  for (const query of [
    'free=1',
    'limit=0',
    'limit=-1',
    'limit=1e3',
    'limit=1&limit=2',
    'cursor=%00',
    'since=now',
    '__proto__=1',
  ]) {
    expect((await f.send('GET', `/audit?${query}`, headers)).status, query).toBe(400);
  }
  expect((await f.send('GET', '/status?x=1', headers)).status).toBe(400);
});

it('writes no stack and no path of its own into any problem', async () => {
  const answer = await f.send(
    'POST',
    '/proposals',
    { authorization: `Bearer ${run.secret}` },
    '{"action_type":',
  );
  expect(await answer.text()).not.toMatch(/\/src\/|node_modules|at .*\(/);
});

it('stops reading at one mebibyte, whether the length is said or not', async () => {
  const project: ProjectFixture = await startProject();
  const { run_secret: secret } = await project.newRun();
  const big = JSON.stringify({
    action_type: 'a',
    expected_outcome: 'x',
    payload: 'x'.repeat(2 * 1024 * 1024),
  });
  const said = await project
    .ask({ method: 'POST', path: '/proposals', secret, rawBody: big })
    .catch(() => ({ status: 413 }));
  expect(said.status).toBe(413);
  const head = `POST /proposals HTTP/1.1\r\nHost: localhost:${project.port}\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
  expect(statusOf(await sendRaw(project.port, head + chunk.repeat(32)))).toBe(413);
  const fits = JSON.stringify({
    action_type: 'a',
    expected_outcome: 'x',
    payload: 'x'.repeat(1024 * 1024 - 200),
  });
  expect(await project.ask({ method: 'POST', path: '/proposals', secret, rawBody: fits })).toMatchObject({
    status: 201,
  });
  expect(await project.ask({ path: '/health' })).toMatchObject({ status: 200 });
  await project.close();
});
