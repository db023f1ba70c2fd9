import { describe, expect, it } from 'vitest';
import { createRunVolume } from '../../src/server/guard/run-volume.ts';
import { readTip } from '../../src/store/read/events.ts';
import { createAppFixture } from './app-fixture.ts';

const MIB = 1024 * 1024;

describe('what a run may put into the record', () => {
  it('is ten actions a second in the long run, with five minutes’ worth at once', () => {
    let nowMs = 0;
    const volume = createRunVolume(() => nowMs);
    const taken = (run: string, tries: number): number =>
      Array.from({ length: tries }, () => volume.take(run, 10)).filter((each) => each === null).length;
    expect(taken('a', 4_000)).toBe(3_000);
    expect(taken('b', 1)).toBe(1);
    expect(volume.take('a', 10)).toMatchObject({
      status: 429,
      code: 'too_many_proposals',
      extra: { retry_after: 1 },
    });
    nowMs = 1_000;
    expect(taken('a', 100)).toBe(10);
    nowMs = 3_600_000;
    expect(taken('a', 4_000)).toBe(3_000);
  });

  it('is 64 MiB of bodies an hour, and says how long to wait', () => {
    let nowMs = 0;
    const volume = createRunVolume(() => nowMs);
    for (let n = 0; n < 64; n += 1) expect(volume.take('a', MIB)).toBeNull();
    const refused = volume.take('a', MIB);
    expect(refused).toMatchObject({ code: 'too_many_proposals', extra: { retry_after: 57 } });
    nowMs = 57_000;
    expect(volume.take('a', MIB)).toBeNull();
    expect(volume.take('a', MIB)).not.toBeNull();
  });

  it('is refused over HTTP beyond it, of that run alone, and not kept', async () => {
    const f = await createAppFixture();
    const [one, other] = [f.newRun(), f.newRun()];
    const call = (secret: string, size: number): Promise<Response> =>
      f.send(
        'POST',
        '/tool-calls',
        { authorization: `Bearer ${secret}`, 'x-governed-as': 'agent' },
        JSON.stringify({ tool: 'Nothing', input: 'x'.repeat(size) }),
      );
    let refused: Response | null = null;
    for (let n = 0; n < 80 && refused === null; n += 1) {
      const answer = await call(one.secret, 1_000_000);
      if (answer.status !== 201) refused = answer;
    }
    expect(refused?.status).toBe(429);
    const problem = (await refused?.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ code: 'too_many_proposals', retry_after: expect.any(Number) as number });
    const before = readTip(f.context.store).seq;
    expect((await call(one.secret, 1_000_000)).status).toBe(429);
    expect(readTip(f.context.store).seq).toBe(before);
    expect((await call(other.secret, 10)).status).toBe(201);
    await f.close();
  });
});
