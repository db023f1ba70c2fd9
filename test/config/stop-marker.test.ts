import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareStopMark, readStopMark, readStopReason, setStopMark } from '../../src/config/stop-marker.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'governed-mark-'));
  prepareStopMark(dir);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('keeps why until the mark is taken away', () => {
  expect([readStopMark(dir), readStopReason(dir)]).toEqual(['none', null]);
  setStopMark(dir, 'pause', 'a look');
  expect([readStopMark(dir), readStopReason(dir)]).toEqual(['pause', 'a look']);
  setStopMark(dir, 'kill', 'enough');
  expect([readStopMark(dir), readStopReason(dir)]).toEqual(['kill', 'enough']);
  setStopMark(dir, 'none');
  expect([readStopMark(dir), readStopReason(dir)]).toEqual(['none', null]);
  setStopMark(dir, 'pause');
  expect([readStopMark(dir), readStopReason(dir)]).toEqual(['pause', null]);
});

it('marks a folder that has no file for it, or an empty one', () => {
  rmSync(join(dir, 'stop.none'));
  setStopMark(dir, 'kill', 'enough');
  expect([readStopMark(dir), readStopReason(dir)]).toEqual(['kill', 'enough']);
  rmSync(join(dir, 'stop.kill'));
  writeFileSync(join(dir, 'stop.none'), '');
  setStopMark(dir, 'pause', 'a look');
  expect([readStopMark(dir), readStopReason(dir)]).toEqual(['pause', 'a look']);
});

it('cuts a long reason between characters', () => {
  setStopMark(dir, 'pause', `a${'ü'.repeat(2_000)}`);
  expect(readStopReason(dir)).toBe(`a${'ü'.repeat(511)}`);
  expect(existsSync(join(dir, 'stop.pause'))).toBe(true);
});
