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
const said = (n: number, size = 10): string =>
  `${JSON.stringify({ n, stream: 'protocol', text: 'y'.repeat(size) })}\n`;
const all = (most: number) => ({ most, onlyForPeople: false });
const forPeople = (most: number) => ({ most, onlyForPeople: true });
const numbers = (items: readonly unknown[]): unknown[] => items.map((item) => (item as { n: number }).n);

it('gives the last lines of a long transcript, and goes on from there', async () => {
  for (let n = 0; n < 5_000; n += 1) appendFileSync(path, line(n, 200));
  const end = await readTranscriptEnd(path, all(3));
  expect(numbers(end.items)).toEqual([4_997, 4_998, 4_999]);
  appendFileSync(path, `${line(5_000)}{"half`);
  const more = await readTranscript(path, end.nextByte, all(10));
  expect(numbers(more.items)).toEqual([5_000]);
});

it('never shows half a line, whatever the lines are long and wherever the page begins', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 30 }), async (sizes) => {
      rmSync(path, { force: true });
      for (const [n, size] of sizes.entries()) appendFileSync(path, line(n, size));
      const { items } = await readTranscriptEnd(path, all(100));
      const expected = sizes.map((_, n) => n).slice(sizes.length - items.length);
      expect(numbers(items)).toEqual(expected);
      if (sizes.length > 0) expect(items.length).toBeGreaterThan(0);
    }),
    { numRuns: 30 },
  );
});

it('has nothing to give of a run that wrote nothing', async () => {
  expect(await readTranscriptEnd(path, all(10))).toEqual({ items: [], nextByte: 0 });
});

it('gives the last lines for a person from behind megabytes of what an agent CLI said to its adapter, and goes on from there', async () => {
  for (let n = 0; n < 40; n += 1) appendFileSync(path, `${line(n)}${said(n, 50_000)}${said(n, 50_000)}`);
  expect(numbers((await readTranscriptEnd(path, all(2))).items)).toEqual([39, 39]);
  const end = await readTranscriptEnd(path, forPeople(30));
  expect(numbers(end.items)).toEqual(Array.from({ length: 30 }, (_, n) => n + 10));
  appendFileSync(path, `${said(40)}${line(41)}${said(42)}`);
  const more = await readTranscript(path, end.nextByte, forPeople(10));
  expect(numbers(more.items)).toEqual([41]);
  expect(await readTranscript(path, more.nextByte, forPeople(10))).toEqual({ ...more, items: [] });
});

it('passes lines for a person on from the start, each once, whatever is between them and however few are asked for', async () => {
  const sizes = [10, 700_000, 10, 300_000, 10, 1_500_000];
  for (const [n, size] of sizes.entries()) appendFileSync(path, `${said(n, size)}${line(n)}`);
  const seen: unknown[] = [];
  for (let at = 0, looks = 0; looks < 20; looks += 1) {
    const page = await readTranscript(path, at, forPeople(2));
    expect(page.items.length).toBeLessThanOrEqual(2);
    seen.push(...numbers(page.items));
    at = page.nextByte;
  }
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});

it('answers with a bounded number of bytes, however long the lines for a person are', async () => {
  for (let n = 0; n < 40; n += 1) appendFileSync(path, line(n, 100_000));
  expect((await readTranscriptEnd(path, forPeople(400))).items.length).toBeLessThan(6);
  expect((await readTranscript(path, 0, forPeople(400))).items.length).toBeLessThan(6);
});
