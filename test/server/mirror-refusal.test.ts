import { expect, it } from 'vitest';
import { whyMirrorRefuses } from '../../src/server/mirror/why-refused.ts';

const late = { ok: false, lag: 40, problem: 'it is 40 events behind', isSlow: true } as const;
const following = { ok: true, lag: 0 } as const;
const PATIENT = 3_600_000;

it('what a late mirror keeps back is told apart from what a broken one does', async () => {
  expect(await whyMirrorRefuses(() => ({ ok: true, lag: 3 }))).toBeNull();
  expect(await whyMirrorRefuses(() => late, 0)).toMatchObject({
    status: 503,
    code: 'mirror_behind',
    detail: 'audit.jsonl is late behind the record: it is 40 events behind',
    hint: expect.stringMatching(/slow or busy.*try again in a moment.*pausing and killing work/) as string,
  });
  expect(await whyMirrorRefuses(() => ({ ...late, problem: 'ENOSPC', isSlow: false }))).toMatchObject({
    detail: "audit.jsonl can't follow the record: ENOSPC",
    hint: expect.stringMatching(/^make room or mend audit\.jsonl/) as string,
  });
});

it('a late mirror is waited for until it follows, and no longer once it failed', async () => {
  for (const [end, code] of [
    [following, undefined],
    [{ ...late, problem: 'ENOSPC', isSlow: false }, 'mirror_behind'],
  ] as const) {
    let asked = 0;
    const health = () => {
      asked += 1;
      return asked < 4 ? late : end;
    };
    expect((await whyMirrorRefuses(health, PATIENT))?.code).toBe(code);
    expect(asked).toBe(4);
  }
});
