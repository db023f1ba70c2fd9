import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { providerKey } from '../../src/runner/gateway/provider-key.ts';
import type { WireProvider } from '../../src/server/wire/run.ts';

let projectDir: string;
beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'key-test-'));
});
afterEach(() => rmSync(projectDir, { recursive: true, force: true }));

const find = (key: WireProvider['key'], env: Record<string, string> = { PATH: process.env['PATH'] ?? '' }) =>
  providerKey({ name: 'anthropic', base_url: 'https://x', key }, { env, projectDir })();

describe('the provider’s key', () => {
  it('is taken from where the rules say it is', async () => {
    writeFileSync(join(projectDir, 'key'), 'sk-file\n');
    expect(await find(null)).toEqual({ result: 'key', value: null });
    expect(await find({ env: 'K' }, { K: 'sk-env' })).toEqual({ result: 'key', value: 'sk-env' });
    expect(await find({ file: 'key' })).toEqual({ result: 'key', value: 'sk-file' });
    expect(await find({ file: '~/key' }, { HOME: projectDir })).toEqual({ result: 'key', value: 'sk-file' });
    expect(await find({ command: ['cat', 'key'] })).toEqual({ result: 'key', value: 'sk-file' });
  });

  it.each<[string, WireProvider['key'], string]>([
    ['an unset variable', { env: 'NONE' }, 'NONE is not set'],
    ['an empty variable', { env: 'EMPTY' }, 'not set'],
    ['a missing file', { file: 'none' }, 'ENOENT'],
    ['a missing program', { command: ['no-such-program'] }, 'no-such-program'],
    ['a program that fails', { command: ['false'] }, 'exited with 1'],
    ['a program that prints nothing', { command: ['true'] }, 'printed no key'],
    ['what can’t stand in a header', { command: ['printf', 'a\nb'] }, 'not a key'],
  ])('is missing, and it is said why, for %s', async (_, key, why) => {
    const found = await find(key, { PATH: process.env['PATH'] ?? '', EMPTY: ' ' });
    expect(found).toMatchObject({ result: 'missing', why: expect.stringContaining(why) });
  });

  it('is asked for once, and again only while it is missing', async () => {
    const env: Record<string, string> = {};
    const key = providerKey({ name: 'a', base_url: 'https://x', key: { env: 'K' } }, { env, projectDir });
    expect(await key()).toMatchObject({ result: 'missing' });
    env['K'] = 'one';
    expect(await key()).toEqual({ result: 'key', value: 'one' });
    env['K'] = 'two';
    expect(await key()).toEqual({ result: 'key', value: 'one' });
  });
});
