import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureOutput } from '../../src/runner/output/capture.ts';
import { splitLines } from '../../src/runner/output/line-splitter.ts';
import { openTranscript, type TranscriptLine } from '../../src/runner/output/transcript.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'output-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function split(chunks: readonly Buffer[], maxBytes?: number): string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line), maxBytes);
  for (const chunk of chunks) splitter.feed(chunk);
  splitter.end();
  return lines;
}

describe('lines', () => {
  it('are the same however the bytes come', () => {
    const whole = fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte % 9 === 0 ? 10 : byte))));
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 40 }), (bytes, size) => {
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        );
        expect(split(pieces)).toEqual(split([bytes]));
      }),
    );
  });

  it('that are too long are cut, and it is said by how much', () => {
    expect(split([Buffer.from('abcdefghij\nshort\n')], 4)).toEqual([
      'abcd',
      '[governed-agents: 6 more bytes of this line were left out]',
      'shor',
      '[governed-agents: 1 more bytes of this line were left out]',
    ]);
    expect(split([Buffer.from('abcd\n')], 4)).toEqual(['abcd']);
    expect(split([Buffer.from('abc'), Buffer.from('def')], 4)[0]).toBe('abcd');
  });

  it('without an end need no more memory than the limit', () => {
    const lines: number[] = [];
    const splitter = splitLines((line) => lines.push(line.length));
    const chunk = Buffer.alloc(65_536, 'x');
    const before = process.memoryUsage().rss;
    for (let n = 0; n < 16_000; n += 1) splitter.feed(chunk);
    splitter.end();
    expect(lines[0]).toBe(1024 * 1024);
    expect(lines).toHaveLength(2);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it('may come byte by byte', () => {
    const bytes = Buffer.from(`${'y'.repeat(5_000)}\r\nend`);
    expect(split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['y'.repeat(5_000), 'end']);
  });
});

describe('a capture whose watcher does not keep up', () => {
  const outputs = () => ({ stdout: new PassThrough(), stderr: new PassThrough() });
  const line = `${'z'.repeat(999)}\n`;

  it('reads no more of that stream until it was taken, goes on with the other, and loses nothing', async () => {
    const from = outputs();
    const got = { stdout: 0, stderr: 0 };
    let take: () => void = () => undefined;
    const taken = new Promise<void>((resolve) => {
      take = resolve;
    });
    let isBehind = true;
    const capture = captureOutput(
      from,
      (stream, text) => {
        got[stream] += text.length + 1;
      },
      (stream) => (stream === 'stderr' && isBehind ? taken : null),
    );
    for (let n = 0; n < 1_000; n += 1) {
      from.stdout.write(line);
      from.stderr.write(line);
    }
    await wait(50);
    expect(got).toEqual({ stdout: 1_000_000, stderr: 1_000 });
    isBehind = false;
    take();
    from.stdout.end();
    from.stderr.end();
    await capture.finish(5_000);
    expect(got.stderr).toBe(1_000_000);
  });

  it('ends all the same, with what was still in the pipes', async () => {
    const from = outputs();
    let got = 0;
    const capture = captureOutput(
      from,
      () => {
        got += 1;
      },
      () => new Promise<void>(() => undefined),
    );
    for (let n = 0; n < 10; n += 1) from.stderr.write(line);
    from.stdout.end();
    from.stderr.end();
    await wait(20);
    expect(got).toBe(1);
    await capture.finish(5_000);
    expect(got).toBe(10);
  });
});

describe('a transcript', () => {
  const read = (path: string): TranscriptLine[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TranscriptLine);

  it('holds every line with its time and stream', async () => {
    const path = join(dir, 't');
    const transcript = openTranscript({ path, clock: () => 0, onFault: () => undefined });
    transcript.add('stdout', 'a\0"\n');
    await transcript.close();
    expect(read(path)).toEqual([{ ts: '1970-01-01T00:00:00.000Z', stream: 'stdout', text: 'a\0"\n' }]);
  });

  it('ends at its bound, and says so', async () => {
    const path = join(dir, 't');
    const transcript = openTranscript({ path, clock: () => 0, onFault: () => undefined, maxBytes: 1_000 });
    for (let n = 0; n < 100; n += 1) transcript.add('stdout', 'x'.repeat(50));
    await transcript.close();
    const lines = read(path);
    expect(lines.length).toBeLessThan(15);
    expect(lines.at(-1)).toMatchObject({ stream: 'runner', text: expect.stringContaining('1000 bytes') });
  });

  it('drops lines of a disk that does not keep up, never blocks, and says how many', async () => {
    const path = join(dir, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
    const transcript = openTranscript({ path, clock: () => 0, onFault: () => undefined });
    for (let n = 0; n < 30; n += 1) transcript.add('stdout', 'x'.repeat(1024 * 1024));
    const reading = createReadStream(path);
    const all = text(reading);
    // All that was kept: there is room again.
    await expect.poll(() => reading.bytesRead, { timeout: 30_000 }).toBeGreaterThan(16 * 1024 * 1024);
    transcript.add('stdout', 'later');
    await transcript.close();
    const lines = (await all)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TranscriptLine);
    expect(lines.at(-1)?.text).toBe('later');
    expect(lines.at(-2)?.text).toMatch(/^1\d lines were left out here/);
  });

  it.each([0, 50])('that can’t be written is said once, and closing it still ends: %i ms old', async (ms) => {
    const faults: string[] = [];
    const transcript = openTranscript({
      path: join(dir, 'none', 't'),
      clock: () => 0,
      onFault: (fault) => faults.push(fault),
    });
    transcript.add('stdout', 'a');
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    transcript.add('stdout', 'b');
    await transcript.close();
    expect(faults).toHaveLength(1);
  });
});
