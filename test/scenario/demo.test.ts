// The demo is the first thing that people see: every claim it prints is looked at here.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

it('plays every scene on real processes, with the numbers it promises, and leaves nothing behind', () => {
  const binary = resolve(import.meta.dirname, '../../dist/main.js');
  const { stdout, stderr, status } = spawnSync(process.execPath, [binary, 'demo', '--json'], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const { scenes } = JSON.parse(stdout) as { scenes: Record<string, Record<string, unknown>> };
  expect(scenes['ungoverned']).toMatchObject({ mails_sent: 1 });
  expect(scenes['self_approval']).toMatchObject({
    attempts_accepted: 0,
    attempts_refused: 4,
    mails_sent: 1,
    status: 'executed',
  });
  const { flags, attempts_unheard } = scenes['self_approval'] as { flags: number; attempts_unheard: number };
  expect(flags + attempts_unheard).toBe(4);
  expect(scenes['self_approval']?.['executed_hash']).toBe(scenes['self_approval']?.['approved_hash']);
  expect(scenes['runaway']).toMatchObject({ moved_after_stop: 0 });
  expect(scenes['runaway']?.['stopped_ms']).toBeTypeOf('number');
  expect(scenes['overspend']).toMatchObject({ overshoot_micro_usd: 0, exit_code: 6 });
  expect(scenes['overspend']?.['ledger_micro_usd']).toBe(scenes['overspend']?.['provider_micro_usd']);
  expect(scenes['overspend']?.['provider_calls']).toBeGreaterThan(1);
  expect(scenes['tampering']).toMatchObject({ clean_exit_code: 0, exit_code: 8, named: true });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('governed-demo-'))).toEqual([]);
});
