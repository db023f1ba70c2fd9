import { describe, expect, it } from 'vitest';
import {
  formatProcessJson,
  formatTreeJson,
  parseProcessJson,
  parseTreeJson,
} from '../../src/process/entry.ts';

const ROOT = { pid: 4_711, startTicks: 12, bootId: 'b-1' };
const HANDLE = { root: ROOT, marker: 'GOVERNED_RUN_ID=run_1' };

describe('the handle of a tree as JSON', () => {
  it('is read as it was written, in the names of the contract', () => {
    expect(formatTreeJson(HANDLE)).toBe(
      '{"root":{"pid":4711,"start_ticks":12,"boot_id":"b-1"},"marker":"GOVERNED_RUN_ID=run_1"}',
    );
    expect(parseTreeJson(formatTreeJson(HANDLE))).toEqual(HANDLE);
    expect(parseProcessJson(formatProcessJson(ROOT))).toEqual(ROOT);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{}',
    '{"root":null,"marker":"A=b"}',
    '{"root":{"pid":1,"start_ticks":0,"boot_id":"b"},"marker":"A=b"}',
    '{"root":{"pid":-5,"start_ticks":0,"boot_id":"b"},"marker":"A=b"}',
    '{"root":{"pid":5.5,"start_ticks":0,"boot_id":"b"},"marker":"A=b"}',
    '{"root":{"pid":"5","start_ticks":0,"boot_id":"b"},"marker":"A=b"}',
    '{"root":{"pid":5,"start_ticks":-1,"boot_id":"b"},"marker":"A=b"}',
    '{"root":{"pid":5,"start_ticks":0},"marker":"A=b"}',
    '{"root":{"pid":5,"start_ticks":0,"boot_id":"b"},"marker":"nothing"}',
    '{"root":{"pid":5,"start_ticks":0,"boot_id":"b"}}',
  ])('is not taken from %s', (text) => {
    expect(parseTreeJson(text)).toBeNull();
  });
});
