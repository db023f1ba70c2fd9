// The signed heads that a record can be held against: those in the state folder, and one that was kept elsewhere.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { headIsSigned, type SignedHead } from '../../core/audit/head.ts';
import { InputError } from '../../core/fault.ts';

export interface KnownHead {
  readonly file: string;
  /** Kept elsewhere: named with --against. */
  readonly isElsewhere: boolean;
  readonly head: SignedHead;
}

/** Heads of the state folder that can be read; a broken one there proves nothing and is left out, but named. */
export function ownHeads(dir: string): {
  readonly heads: readonly KnownHead[];
  readonly unusable: readonly string[];
} {
  const heads: KnownHead[] = [];
  const unusable: string[] = [];
  for (const name of namesIn(dir)) {
    const file = join(dir, name);
    const head = parseHead(readFileSync(file, 'utf8'));
    if (head === null) unusable.push(file);
    else heads.push({ file, isElsewhere: false, head });
  }
  return { heads, unusable };
}

export function headFrom(file: string, projectId: string): KnownHead {
  const bad = (message: string, hint: string): InputError =>
    new InputError({ code: 'head_unusable', message: `${file} ${message}`, path: file, hint });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw bad(
      `can't be read: ${error instanceof Error ? error.message : String(error)}`,
      'name a file that `governed-agents audit head` printed',
    );
  }
  const head = parseHead(text);
  if (head === null)
    throw bad(
      'holds no head with a valid signature',
      'name a file that `governed-agents audit head` printed, unchanged',
    );
  if (head.project_id !== projectId)
    throw bad(`is a head of ${head.project_id}`, `this project is ${projectId}`);
  return { file, isElsewhere: true, head };
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch {
    // No head was ever written here.
    return [];
  }
}

function parseHead(text: string): SignedHead | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isHead(value)) return null;
    return headIsSigned(value) ? value : null;
  } catch {
    // Not JSON, or a key that is none: no head.
    return null;
  }
}

function isHead(value: unknown): value is SignedHead {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  const texts = ['project_id', 'host_id', 'hash', 'ts', 'public_key', 'signature'];
  return (
    fields['v'] === 1 &&
    Number.isSafeInteger(fields['seq']) &&
    texts.every((name) => typeof fields[name] === 'string')
  );
}
