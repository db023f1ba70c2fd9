import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { formatLine, splitLine } from '../../src/core/audit/line.ts';
import { ChainWalk } from '../../src/core/audit/verify.ts';
import { openStore } from '../../src/store/open.ts';
import { lineParts, readEventsAfter } from '../../src/store/read/events.ts';
import { type ProjectFixture, startProject } from './project-fixture.ts';

let f: ProjectFixture;
let mirror: string;
beforeEach(async () => {
  f = await startProject();
  mirror = join(f.stateDir, 'audit.jsonl');
});
afterEach(() => f.close());

async function submit(secret: string): Promise<number> {
  const body = { action_type: 'send_email', payload: { text: 'ü'.repeat(50) }, expected_outcome: 'x' };
  return (await f.ask({ method: 'POST', path: '/proposals', secret, body })).status;
}

function table(): string {
  const store = openStore(join(f.stateDir, 'governed.db'), { mode: 'read', busyMs: 1_000 });
  const text = readEventsAfter(store, 0, 100_000)
    .map((row) => `${formatLine(lineParts(row))}\n`)
    .join('');
  store.close();
  return text;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function fill(): Promise<void> {
  const { run_secret: secret } = await f.newRun();
  for (let n = 0; n < 5; n += 1) expect(await submit(secret)).toBe(201);
}

it('holds exactly the table when the server has stopped, and its chain verifies', async () => {
  await fill();
  await f.stop();
  const text = readFileSync(mirror, 'utf8');
  expect(text).toBe(table());
  const walk = new ChainWalk();
  for (const line of text.trimEnd().split('\n')) expect(walk.check(splitLine(line))).toBeNull();
  expect(walk.seq).toBeGreaterThanOrEqual(7);
});

const mendable: readonly (readonly [name: string, break_: (text: string) => void])[] = [
  ['is missing', () => rmSync(mirror)],
  ['is empty', () => truncateSync(mirror, 0)],
  [
    'lacks its last lines',
    (text) => writeFileSync(mirror, `${text.trimEnd().split('\n').slice(0, -2).join('\n')}\n`),
  ],
  ['ends in the middle of a line', () => truncateSync(mirror, readFileSync(mirror).length - 100)],
  ['lacks the last newline', () => truncateSync(mirror, readFileSync(mirror).length - 1)],
  [
    'ends in the middle of a character',
    (text) => truncateSync(mirror, Buffer.from(text).lastIndexOf('ü') + 1),
  ],
  ['has one byte of the next line', (text) => writeFileSync(mirror, `${text.split('\n')[0]}\n{`)],
  [
    'ends in zeros that a power cut left',
    (text) => writeFileSync(mirror, `${text.split('\n')[0]}\n${'\0'.repeat(64)}`),
  ],
];

it.each(mendable)('is made whole at the start when it %s', async (_name, break_) => {
  await fill();
  await f.stop();
  break_(readFileSync(mirror, 'utf8'));
  await f.restart();
  await f.stop();
  expect(readFileSync(mirror, 'utf8')).toBe(table());
});

const refused: readonly (readonly [name: string, line: number, break_: (lines: string[]) => string])[] = [
  [
    'has one byte changed in the middle',
    3,
    (lines) => lines.with(2, (lines[2] ?? '').replace('"seq":3', '"seq":8')).join('\n'),
  ],
  [
    'has one byte changed in the last line',
    -1,
    (lines) => lines.with(-2, (lines.at(-2) ?? '').replace('"v":1', '"v":2')).join('\n'),
  ],
  ['lacks a line in the middle', 3, (lines) => lines.toSpliced(2, 1).join('\n')],
  [
    'has two lines in the other order',
    3,
    (lines) => lines.toSpliced(2, 2, lines[3] ?? '', lines[2] ?? '').join('\n'),
  ],
  ['has a line that the store does not have', 0, (lines) => `${lines.join('\n')}${lines[0]}\n`],
  ['has half a line that the store does not have', 0, (lines) => `${lines.join('\n')}{"v":1,`],
  ['ends in half a line that is not the one that belongs there', 2, (lines) => `${lines[0]}\n{"v":2`],
  ['has a blank line', 2, (lines) => lines.toSpliced(1, 0, '').join('\n')],
  ['is another file', 1, () => 'hello\n'],
];

it.each(refused)(
  'keeps the server from starting when it %s, names the line and changes nothing',
  async (_name, line, break_) => {
    await fill();
    await f.stop();
    const lines = readFileSync(mirror, 'utf8').split('\n');
    const broken = break_(lines);
    writeFileSync(mirror, broken);
    const count = lines.length - 1;
    const at = line > 0 ? line : line === 0 ? count + 1 : count;
    const fault: unknown = await f.restart().catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: 'OperationError', code: 'mirror_differs' });
    expect(String((fault as Error).message)).toContain(`line ${at} of`);
    expect(readFileSync(mirror, 'utf8')).toBe(broken);
    rmSync(mirror);
    await f.restart();
  },
);

it('refuses what needs the record while the mirror is full, lets stopping and rejecting through, and recovers by itself', async () => {
  const { run_secret: secret, run_id: runId } = await f.newRun();
  const body = { action_type: 'send_email', payload: {}, expected_outcome: 'x' };
  const one = (await f.ask({ method: 'POST', path: '/proposals', secret, body })).body;
  const two = (await f.ask({ method: 'POST', path: '/proposals', secret, body: { ...body, payload: 2 } }))
    .body;
  const kept = `${mirror}.kept`;
  renameSync(mirror, kept);
  symlinkSync('/dev/full', mirror);
  await until(
    async () => ((await f.asOperator('GET', '/status')).body['mirror'] as { ok: boolean }).ok === false,
  );

  const decision = (
    of: typeof one,
    what: string,
  ): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> =>
    f.asOperator('POST', `/proposals/${String(of['proposal_id'])}/decision`, {
      decision: what,
      payload_hash: of['payload_hash'],
    });
  expect(await decision(one, 'approve')).toMatchObject({ status: 503, body: { code: 'mirror_behind' } });
  const refusedNow: readonly (readonly [path: string, body: unknown])[] = [
    ['/proposals', { ...body, payload: 3 }],
    ['/tool-calls', { tool: 'Read', input: {} }],
    ['/reservations', { idempotency_key: 'k', provider: 'p', model: 'm', input_tokens: 1, output_tokens: 1 }],
    ['/budget/noop/charge', { usd: 1, tool: 't', idempotency_key: 'k' }],
  ];
  for (const [path, each] of refusedNow) {
    expect(await f.ask({ method: 'POST', path, secret, body: each }), path).toMatchObject({
      status: 503,
      body: { code: 'mirror_behind' },
    });
  }
  expect(await decision(two, 'reject')).toMatchObject({ status: 200, body: { status: 'rejected' } });
  expect(await f.asOperator('POST', `/runs/${runId}/pause`, {})).toMatchObject({
    status: 200,
    body: { recorded: true, changed: true },
  });
  expect(await f.asOperator('POST', `/runs/${runId}/resume`, {})).toMatchObject({ status: 503 });
  expect(await f.asOperator('POST', '/admin/kill-switch', { on: true })).toMatchObject({ status: 200 });
  expect(await f.asOperator('POST', '/admin/kill-switch', { on: false })).toMatchObject({ status: 503 });

  rmSync(mirror);
  renameSync(kept, mirror);
  await until(async () => ((await f.asOperator('GET', '/status')).body['mirror'] as { ok: boolean }).ok);
  expect(await f.asOperator('POST', '/admin/kill-switch', { on: false })).toMatchObject({ status: 200 });
  expect(await decision(one, 'approve')).toMatchObject({ status: 409 });
  await f.stop();
  expect(readFileSync(mirror, 'utf8')).toBe(table());
});

it('starts on a mirror that is always full, refuses decisions and still stops runs', async () => {
  const { run_secret: secret } = await f.newRun();
  expect(await submit(secret)).toBe(201);
  await f.stop();
  rmSync(mirror);
  symlinkSync('/dev/full', mirror);
  await f.restart();
  await until(async () => (await submit(secret)) === 503);
  expect(await f.asOperator('POST', '/agents/noop/kill', { reason: 'x' })).toMatchObject({
    status: 200,
    body: { recorded: true },
  });
});

it('notices that the file was removed or written to by somebody else, and does not paper over it', async () => {
  const { run_secret: secret } = await f.newRun();
  rmSync(mirror);
  await until(async () => {
    await submit(secret);
    return readFileSync(mirror, { encoding: 'utf8', flag: 'a+' }) === table();
  });
  const copy = readFileSync(mirror, 'utf8').replace('"v":1', '"v":7');
  writeFileSync(`${mirror}.new`, copy);
  renameSync(`${mirror}.new`, mirror);
  await until(async () => (await submit(secret)) === 503);
  await until(async () =>
    JSON.stringify((await f.asOperator('GET', '/status')).body['mirror']).includes('line 1 of'),
  );
  expect(readFileSync(mirror, 'utf8')).toBe(copy);
});

it('notices lines that something else appended, and leaves them', async () => {
  await fill();
  appendFileSync(mirror, 'not ours\n');
  await until(async () => (await f.asOperator('POST', '/admin/resume-all', {})).status === 503);
  await until(async () =>
    JSON.stringify((await f.asOperator('GET', '/status')).body['mirror']).includes('differs'),
  );
  expect(readFileSync(mirror, 'utf8')).toContain('\nnot ours\n');
});
