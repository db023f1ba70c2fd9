import { expect, it } from 'vitest';
import { whyMirrorRefuses } from '../../src/server/mirror/why-refused.ts';

it('what a late mirror keeps back is told apart from what a broken one does', () => {
  const late = { ok: false, lag: 40, problem: 'it is 40 events behind' } as const;
  expect(whyMirrorRefuses({ ok: true, lag: 3 })).toBeNull();
  expect(whyMirrorRefuses({ ...late, isSlow: true })).toMatchObject({
    status: 503,
    code: 'mirror_behind',
    detail: 'audit.jsonl is late behind the record: it is 40 events behind',
    hint: expect.stringMatching(/slow or busy.*try again in a moment.*pausing and killing work/) as string,
  });
  expect(whyMirrorRefuses({ ...late, problem: 'ENOSPC', isSlow: false })).toMatchObject({
    detail: "audit.jsonl can't follow the record: ENOSPC",
    hint: expect.stringMatching(/^make room or mend audit\.jsonl/) as string,
  });
});
