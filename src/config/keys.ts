// The secrets in the state's keys/: one token for each kind of caller, and the key that signs heads. Each is written once, whole,
// for this user alone, and is never overwritten; a file that others may read is refused.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { OperationError } from '../core/fault.ts';
import { faultCode, fileFault } from './files/file-fault.ts';

export type TokenKind = 'operator' | 'viewer' | 'brake' | 'runner';

const PREFIXES: Readonly<Record<TokenKind, string>> = {
  operator: 'gop_',
  viewer: 'gvw_',
  brake: 'gbr_',
  runner: 'grn_',
};
const SIGNING_KEY = 'signing.key';
/** What stands before the 32 bytes of an Ed25519 key in its PKCS #8 form (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** As many unpredictable bytes as asked for. */
export type RandomBytes = (count: number) => Uint8Array;

/** Makes the keys that are missing in `dir` and leaves the others as they are. */
export function createKeys(dir: string, random: RandomBytes): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    for (const [kind, prefix] of Object.entries(PREFIXES)) {
      writeOnce(
        join(dir, `${kind}.token`),
        `${prefix}${Buffer.from(random(32)).toString('base64url')}\n`,
        random,
      );
    }
    writeOnce(join(dir, SIGNING_KEY), signingKeyPem(random(32)), random);
  } catch (cause) {
    throw faultCode(cause) === null ? cause : fileFault('write the keys', dir, cause);
  }
}

/** Throws an OperationError when the file is missing, readable by others, or holds no token. */
export function readToken(dir: string, kind: TokenKind): string {
  const path = join(dir, `${kind}.token`);
  const token = readPrivate(path).trim();
  const expected = new RegExp(`^${PREFIXES[kind]}[A-Za-z0-9_-]{43}$`);
  if (expected.test(token)) return token;
  throw damaged(
    path,
    `holds no ${kind} token`,
    'move it away, and the next start of the server makes another',
  );
}

export function readSigningKey(dir: string): KeyObject {
  const path = join(dir, SIGNING_KEY);
  try {
    const key = createPrivateKey(readPrivate(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    if (cause instanceof OperationError) throw cause;
  }
  throw damaged(
    path,
    'holds no Ed25519 private key',
    'put it back from a backup: heads signed by another key are another history',
  );
}

function signingKeyPem(seed: Uint8Array): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** The name appears only when the content is complete and on the disk, and never replaces another. */
function writeOnce(path: string, content: string, random: RandomBytes): void {
  const temp = `${path}.${Buffer.from(random(8)).toString('hex')}`;
  const descriptor = openSync(
    temp,
    constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
    linkSync(temp, path);
  } catch (cause) {
    if (faultCode(cause) !== 'EEXIST') throw cause;
  } finally {
    closeSync(descriptor);
    unlinkSync(temp);
  }
}

function readPrivate(path: string): string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { mode } = fstatSync(descriptor);
    if ((mode & 0o077) !== 0)
      throw damaged(
        path,
        'can be read by other users',
        `chmod 600 ${path}, and replace the key if others use this machine`,
      );
    return readFileSync(descriptor, 'utf8');
  } catch (cause) {
    if (faultCode(cause) === 'ENOENT')
      throw damaged(
        path,
        'does not exist',
        'start the server once with `governed-agents serve`, which makes it',
      );
    throw faultCode(cause) === null || cause instanceof OperationError
      ? cause
      : fileFault('read a key', path, cause);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function damaged(path: string, what: string, hint: string): OperationError {
  return new OperationError({ op: 'read a key', code: 'key_unusable', message: `${path} ${what}`, hint });
}
