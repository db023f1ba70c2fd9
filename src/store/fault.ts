// Turns what SQLite says into an OperationError that tells a person what happened and what to do; nothing is ever overwritten.
import { InputError, OperationError } from '../core/fault.ts';

interface Advice {
  readonly code: string;
  readonly says: string;
  readonly hint: string;
}

const ADVICE: readonly [prefix: string, advice: Advice][] = [
  [
    'SQLITE_BUSY',
    {
      code: 'store_busy',
      says: 'the store is locked by another process',
      hint: 'try again; if it lasts, see who holds it with `governed-agents doctor`',
    },
  ],
  ['SQLITE_LOCKED', { code: 'store_busy', says: 'the store is locked', hint: 'try again' }],
  [
    'SQLITE_FULL',
    {
      code: 'store_full',
      says: 'the disk is full',
      hint: 'free some space; stopping agents works meanwhile',
    },
  ],
  [
    'SQLITE_IOERR',
    {
      code: 'store_io',
      says: 'the disk refused a read or write',
      hint: 'check the disk and its free space; stopping agents works meanwhile',
    },
  ],
  [
    'SQLITE_CORRUPT',
    {
      code: 'store_corrupt',
      says: 'the store is damaged',
      hint: 'nothing was changed; keep a copy, then restore a `governed-agents backup` or verify audit.jsonl with `governed-agents audit verify`',
    },
  ],
  [
    'SQLITE_NOTADB',
    {
      code: 'store_corrupt',
      says: 'the file is not a store',
      hint: 'nothing was changed; move it away, or restore a `governed-agents backup`',
    },
  ],
  [
    'SQLITE_CANTOPEN',
    {
      code: 'store_missing',
      says: "the store can't be opened",
      hint: 'run `governed-agents init` for a new project, or check that the state folder is there and yours',
    },
  ],
  [
    'SQLITE_READONLY',
    {
      code: 'store_readonly',
      says: "the store can't be written",
      hint: 'check the owner and mode of the state folder',
    },
  ],
  [
    'SQLITE_PERM',
    {
      code: 'store_readonly',
      says: "the store can't be accessed",
      hint: 'check the owner and mode of the state folder',
    },
  ],
];

export function storeFault(error: unknown, op: string, path: string): Error {
  if (error instanceof OperationError || error instanceof InputError) return error;
  const code = errorCode(error);
  const advice = ADVICE.find(([prefix]) => code.startsWith(prefix))?.[1];
  if (advice !== undefined) {
    return new OperationError({
      op,
      code: advice.code,
      message: `can't ${op}: ${advice.says} (${path}, ${code})`,
      hint: advice.hint,
      cause: error,
    });
  }
  if (error instanceof TypeError && /directory does not exist/.test(error.message)) {
    return new OperationError({
      op,
      code: 'store_missing',
      message: `can't ${op}: the state folder of ${path} does not exist`,
      hint: 'run `governed-agents init` for a new project',
      cause: error,
    });
  }
  return error instanceof Error ? error : new Error(String(error));
}

export function isBusy(error: unknown): boolean {
  return errorCode(error).startsWith('SQLITE_BUSY');
}

function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}
