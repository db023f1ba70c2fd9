import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTranscript, readTranscriptEnd } from '../../src/server/operator/transcript.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'governed-'));
  path = join(dir, 'transcript.jsonl');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const line = (n: number, size = 10): string => `${JSON.stringify({ n, text: 'x'.repeat(size) })}\n`;
const numbers = (items: readonly unknown[]): unknown[] => items.map((item) => (item as { n: number }).n);

it('gives the last lines of a long transcript, and goes on from there', async () => {
  for (let n = 0; n < 5_000; n += 1) appendFileSync(path, line(n, 200));
  const end = await readTranscriptEnd(path, 3);
  expect(numbers(end.items)).toEqual([4_997, 4_998, 4_999]);
  appendFileSync(path, `${line(5_000)}{"half`);
  const more = await readTranscript(path, end.nextByte, 10);
  expect(numbers(more.items)).toEqual([5_000]);
});

it('never shows half a line, whatever the lines are long and wherever the page begins', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 30 }), async (sizes) => {
      rmSync(path, { force: true });
      for (const [n, size] of sizes.entries()) appendFileSync(path, line(n, size));
      const { items } = await readTranscriptEnd(path, 100);
      const expected = sizes.map((_, n) => n).slice(sizes.length - items.length);
      expect(numbers(items)).toEqual(expected);
      if (sizes.length > 0) expect(items.length).toBeGreaterThan(0);
    }),
    { numRuns: 30 },
  );
});

it('has nothing to give of a run that wrote nothing', async () => {
  expect(await readTranscriptEnd(path, 10)).toEqual({ items: [], nextByte: 0 });
});
