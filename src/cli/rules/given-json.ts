// JSON as an option: as it is typed, `@FILE`, or `-` for stdin, held to what the server takes as a body.
import { readFileSync } from 'node:fs';
import { InputError, OperationError } from '../../core/fault.ts';

export async function givenJson(option: string, word: string): Promise<unknown> {
  const bytes = bytesOf(option, word);
  const { readJson } = await import('../../server/offline-entry.ts');
  const read = readJson(bytes);
  if (read.ok) return read.value;
  const { code, detail } = read.why;
  throw new InputError({
    code: code === 'bad_json' ? 'usage' : code,
    message: `${nameOf(option, word)}: ${detail.replace(/^the body /, 'what was given ')}`,
    hint:
      read.why.hint ??
      (word.startsWith('@') || word === '-'
        ? 'give one JSON value, such as {"amount": 500}'
        : `quote it for the shell: ${option} '{"amount": 500}', or name a file: ${option} @file.json`),
  });
}

function bytesOf(option: string, word: string): Buffer {
  if (word !== '-' && !word.startsWith('@')) return Buffer.from(word);
  try {
    return readFileSync(word === '-' ? 0 : word.slice(1));
  } catch (cause) {
    throw new OperationError({
      op: `read ${option}`,
      code: 'payload_unreadable',
      message: `${nameOf(option, word)} can't be read`,
      hint: word === '-' ? 'pipe it in' : 'write the path of a file with JSON after the @',
      cause,
    });
  }
}

function nameOf(option: string, word: string): string {
  if (word === '-') return `${option} from stdin`;
  return word.startsWith('@') ? `${option} ${word.slice(1)}` : option;
}
