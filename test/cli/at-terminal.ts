// Runs a command on a real pseudo-terminal, as a person would, and types what they would.
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 20_000;

export interface Terminal {
  /** Waits for a text behind the last one, then types a line. */
  answer(wanted: string, typed: string): Promise<void>;
  /** The same for keys alone. */
  press(wanted: string, keys: string): Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>;
}

export function atTerminal(
  command: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Terminal {
  const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const child = spawn('/usr/bin/script', ['-qec', line, '/dev/null'], {
    cwd,
    env: { TERM: 'xterm', NO_COLOR: '1', ...env },
  });
  let text = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const press = async (wanted: string, keys: string): Promise<void> => {
    for (const untilMs = Date.now() + LIMIT_MS; ; await sleep(10)) {
      const at = text.indexOf(wanted, seen);
      if (at >= 0) {
        seen = at + wanted.length;
        child.stdin.write(keys);
        return;
      }
      if (Date.now() > untilMs) throw new Error(`waited for ${wanted} in:\n${text}`);
    }
  };
  return {
    press,
    answer: (wanted, typed) => press(wanted, `${typed}\n`),
    ended: new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, text }));
    }),
  };
}
