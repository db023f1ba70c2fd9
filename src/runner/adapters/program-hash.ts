// The SHA-256 of a program's bytes. Hashing one of hundreds of megabytes takes a second, so what was hashed is kept by what changes
// whenever the file does.

import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { faultCode } from '../../core/fault-code.ts';

export async function programHash(path: string, cacheDir: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const identity = [dev, ino, size, mtimeNs, ctimeNs].join('-');
  const file = join(cacheDir, `program-${identity}`);
  const known = readText(file);
  if (known !== null && /^[0-9a-f]{64}$/.test(known)) return known;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  writeText(file, found);
  return found;
}

export function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (faultCode(error) !== null) return null;
    throw error;
  }
}

/** Whole or not at all. */
export function writeText(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
  renameSync(`${file}.${process.pid}`, file);
}
