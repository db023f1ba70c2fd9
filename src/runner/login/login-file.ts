// Reads the file in which an agent CLI keeps its login, and says what is wrong with it without a word of what it holds.
import { readFile } from 'node:fs/promises';
import { OperationError } from '../../core/fault.ts';
import { faultCode, isMissing } from '../../core/fault-code.ts';

export type OperatorEnvironment = Readonly<Record<string, string | undefined>>;

type ReadLogin =
  | { readonly result: 'read'; readonly text: string }
  | { readonly result: 'unreadable'; readonly isMissing: boolean; readonly why: string };

export async function readLoginFile(file: string): Promise<ReadLogin> {
  try {
    return { result: 'read', text: await readFile(file, 'utf8') };
  } catch (error) {
    const code = faultCode(error);
    if (code === null) throw error;
    return { result: 'unreadable', isMissing: isMissing(error), why: `${file} can’t be read (${code})` };
  }
}

export function noLogin(cli: 'claude' | 'codex', why: string, hint: string): OperationError {
  return new OperationError({
    op: `find the login of ${cli}`,
    code: 'no_login',
    message: `The run is to use the login of ${cli} itself (auth = "subscription"), and there is none: ${why}.`,
    hint,
  });
}
