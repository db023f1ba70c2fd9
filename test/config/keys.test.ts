import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { chmod, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeys, readSigningKey } from '../../src/config/keys.ts';
import { readToken } from '../../src/config/read-token.ts';
import { OperationError } from '../../src/core/fault.ts';
import { tempDir } from './temp-dir.ts';

async function keysDir(): Promise<string> {
  const dir = join(await tempDir(), 'keys');
  createKeys(dir, randomBytes);
  return dir;
}

describe('createKeys', () => {
  it('makes one token a kind and a signing key, each for this user alone', async () => {
    const dir = await keysDir();
    const names = (await readdir(dir)).sort();
    expect(names).toEqual(['brake.token', 'operator.token', 'runner.token', 'signing.key', 'viewer.token']);
    for (const name of names) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect(readToken(dir, 'operator')).toMatch(/^gop_[\w-]{43}$/);
    expect(readToken(dir, 'viewer')).toMatch(/^gvw_/);
    expect(readToken(dir, 'brake')).toMatch(/^gbr_/);
    expect(readToken(dir, 'runner')).toMatch(/^grn_/);
  });

  it('never replaces a key, and makes only what is missing', async () => {
    const dir = await keysDir();
    const operator = readToken(dir, 'operator');
    await rm(join(dir, 'viewer.token'));
    createKeys(dir, randomBytes);
    expect(readToken(dir, 'operator')).toBe(operator);
    expect(readToken(dir, 'viewer')).toMatch(/^gvw_/);
    expect(await readdir(dir)).toHaveLength(5);
  });

  it('makes an Ed25519 key that depends on the random bytes alone', async () => {
    const [a, b] = [join(await tempDir(), 'a'), join(await tempDir(), 'b')];
    const fixed = (count: number): Uint8Array => new Uint8Array(count).fill(7);
    createKeys(a, fixed);
    createKeys(b, fixed);
    expect(await readFile(join(a, 'signing.key'), 'utf8')).toBe(
      await readFile(join(b, 'signing.key'), 'utf8'),
    );
    const key = readSigningKey(a);
    const message = Buffer.from('head');
    expect(verify(null, message, createPublicKey(key), sign(null, message, key))).toBe(true);
  });
});

describe('readToken', () => {
  it.each([0o640, 0o604, 0o620])('refuses a file of mode %o and says how to mend it', async (mode) => {
    const dir = await keysDir();
    await chmod(join(dir, 'operator.token'), mode);
    expect(() => readToken(dir, 'operator')).toThrow(
      expect.objectContaining({ code: 'key_unusable', hint: expect.stringContaining('chmod 600') }),
    );
  });

  it('refuses a missing, a damaged and a linked file', async () => {
    const dir = await keysDir();
    await rm(join(dir, 'runner.token'));
    expect(() => readToken(dir, 'runner')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('serve') }),
    );
    await writeFile(join(dir, 'viewer.token'), 'gvw_short\n');
    expect(() => readToken(dir, 'viewer')).toThrow(OperationError);
    await rm(join(dir, 'brake.token'));
    await symlink(join(dir, 'operator.token'), join(dir, 'brake.token'));
    expect(() => readToken(dir, 'brake')).toThrow(OperationError);
    await writeFile(join(dir, 'signing.key'), 'nonsense');
    expect(() => readSigningKey(dir)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('backup') }),
    );
  });
});
