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
    ['an empty variable', { env: 'EMPTY' }, 'EMPTY is empty'],
    ['a missing file', { file: 'none' }, 'ENOENT'],
    [
      'a missing program',
      { command: ['no-such-program'] },
      "no-such-program, which is to print it, can't be started (missing program)",
    ],
    ['a program that fails', { command: ['false'] }, 'exited with 1'],
    ['a program that prints nothing', { command: ['true'] }, 'what true printed is empty'],
    ['what can’t stand in a header', { command: ['printf', 'a\nb'] }, 'what printf printed holds no key'],
  ])('is missing, and it is said why, for %s', async (_, key, why) => {
    const found = await find(key, { PATH: process.env['PATH'] ?? '', EMPTY: ' ' });
    expect(found).toMatchObject({ result: 'missing', why: expect.stringContaining(why) });
    expect(JSON.stringify(found)).not.toContain(process.env['PATH'] ?? 'a PATH');
  });

  it('is missing with the end of what its program said, and nothing that could be the key', async () => {
    const said = async (script: string): Promise<string | null> => {
      const found = await find({ command: ['sh', '-c', script] });
      return found.result === 'missing' ? found.said : 'there is a key';
    };
    expect(await said('echo "locked\nvault" >&2; exit 3')).toBe('locked vault');
    expect(await said('printf "\\033[2J" >&2; exit 3')).toBe('⟨U+001B⟩[2J');
    expect(await said('exit 3')).toBeNull();
    expect(await said('echo "no entry" >&2')).toBe('no entry');
    expect(await said('echo secret-word; echo "got secret-word, failed" >&2; exit 3')).toBe(
      'got ***, failed',
    );
    expect(await said('echo "key: sk-ant-api03-AAAAbbbbCCCC" >&2; exit 3')).toBe('key: ***');
    const long = await said(`printf 'x%.0s' $(seq 5000) >&2; echo " at last" >&2; exit 3`);
    expect(long).toMatch(/^…x+ at last$/);
    expect(long?.length).toBeLessThan(310);
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
