import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { headIsSigned, type SignedHead, signHead } from '../../../src/core/audit/head.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const head = {
  v: 1,
  project_id: 'prj_1',
  host_id: 'hst_1',
  seq: 7,
  hash: 'a'.repeat(64),
  ts: '2026-11-20T12:00:00.000Z',
} as const;

describe('a signed head', () => {
  it('is signed by the key that it names', () => {
    expect(headIsSigned(signHead(head, privateKey))).toBe(true);
    expect(headIsSigned(JSON.parse(JSON.stringify(signHead(head, privateKey))) as SignedHead)).toBe(true);
  });

  it.each([
    ['project_id', 'prj_2'],
    ['host_id', 'hst_2'],
    ['seq', 8],
    ['hash', 'b'.repeat(64)],
    ['ts', '2026-11-20T12:00:00.001Z'],
    ['v', 2],
    ['signature', ''],
    ['signature', 'AAAA'],
    ['public_key', ''],
    ['public_key', 'not a key'],
    ['public_key', 'A'.repeat(43)],
  ])('is not signed any more with another %s (%s), and answers so without a fault', (field, value) => {
    expect(headIsSigned({ ...signHead(head, privateKey), [field]: value } as SignedHead)).toBe(false);
  });

  it('is not signed by another key under the name of this one', () => {
    const other = signHead(head, generateKeyPairSync('ed25519').privateKey);
    const { public_key } = signHead(head, privateKey);
    expect(headIsSigned({ ...other, public_key })).toBe(false);
  });

  it('can not be moved between fields by a line break inside one', () => {
    const signed = signHead({ ...head, project_id: 'prj_1', host_id: 'hst_1' }, privateKey);
    expect(headIsSigned({ ...signed, project_id: 'prj_1\nhst_1', host_id: '7' })).toBe(false);
    expect(() => signHead({ ...head, host_id: 'hst_1\n7' }, privateKey)).toThrow(TypeError);
  });

  it('is made with an Ed25519 key only', () => {
    const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    expect(() => signHead(head, rsa)).toThrow(TypeError);
  });
});
