// Asks the operator's own program for a key. What it prints is the key and shown to nobody; of what it says on stderr, the end is kept to
// tell the operator why there is none, without anything that could be a key.
import { visibleLine } from '../../core/visible-text.ts';
import { runProgram } from '../../process/entry.ts';
import type { KeyPlace } from './provider-key.ts';

export type PrintedKey =
  | { readonly result: 'printed'; readonly text: string; readonly said: string | null }
  | {
      readonly result: 'failed';
      readonly why: string;
      readonly hint: string;
      readonly said: string | null;
    };

const COMMAND_LIMIT_MS = 30_000;
const MOST_SAID = 300;
/** A word of that length on stdout may be a part of the key. */
const LEAST_OF_KEY = 6;
const LIKE_A_KEY = /(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{20,}/g;

export async function askKeyProgram(command: readonly string[], place: KeyPlace): Promise<PrintedKey> {
  const env = Object.fromEntries(
    Object.entries(place.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const ran = await runProgram({
    command,
    cwd: place.projectDir,
    env,
    marker: `GOVERNED_KEY_OF=${process.pid}`,
    stdin: '',
    timeLimitMs: COMMAND_LIMIT_MS,
    maxStdoutBytes: 64 * 1024,
  });
  const program = command[0] ?? '';
  if (ran.result === 'not_started') {
    const why = `${program}, which is to print it, can't be started (${ran.fault.code.replaceAll('_', ' ')})`;
    return { result: 'failed', why, hint: withoutStop(ran.fault.hint ?? ''), said: null };
  }
  const said = endOf(ran.stderrTail, ran.stdout);
  if (ran.result === 'exited' && ran.exitCode === 0) return { result: 'printed', text: ran.stdout, said };
  const how =
    ran.result === 'exited' ? `exited with ${ran.exitCode ?? ran.signal}` : ran.result.replaceAll('_', ' ');
  const hint = `Try it in ${place.projectDir}; the next call asks it again`;
  return { result: 'failed', why: `${program}, which is to print it, ${how}`, hint, said };
}

function endOf(stderr: string, stdout: string): string | null {
  const printed = stdout.split(/\s+/).filter((word) => word.length >= LEAST_OF_KEY);
  const masked = printed
    .reduce((text, word) => text.replaceAll(word, '***'), stderr)
    .replaceAll(LIKE_A_KEY, '***');
  const line = visibleLine(masked.replaceAll(/\s+/g, ' ').trim());
  if (line === '') return null;
  return line.length <= MOST_SAID ? line : `…${line.slice(-MOST_SAID).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '');
}
