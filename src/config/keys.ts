// The secrets in the state's keys/: one token for each kind of caller, and the key that signs heads. Each is written once, whole,
// for this user alone, and is never overwritten; a file that others may read is refused.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { OperationError } from '../core/fault.ts';
import { faultCode } from '../core/fault-code.ts';
import { fileFault } from './files/file-fault.ts';
import { readPrivate, TOKEN_PREFIXES, unusableKey } from './read-token.ts';

const SIGNING_KEY = 'signing.key';
/** What stands before the 32 bytes of an Ed25519 key in its PKCS #8 form (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** As many unpredictable bytes as asked for. */
export type RandomBytes = (count: number) => Uint8Array;

/** Makes the keys that are missing in `dir` and leaves the others as they are. */
export function createKeys(dir: string, random: RandomBytes): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    for (const [kind, prefix] of Object.entries(TOKEN_PREFIXES)) {
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

export function readSigningKey(dir: string): KeyObject {
  const path = join(dir, SIGNING_KEY);
  try {
    const key = createPrivateKey(readPrivate(path));
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    if (cause instanceof OperationError) throw cause;
  }
  throw unusableKey(
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
