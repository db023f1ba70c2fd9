// Tells the demo: to a person on a terminal at their pace (any key goes on), to a pipe at full speed, or as one JSON document.
import type { Output } from '../output.ts';
import { isInteractive } from '../terminal.ts';

export interface Narrator {
  /** A new scene. */
  scene(title: string): void;
  /** A command as a person would type it. */
  command(text: string): void;
  /** Something that a process said. */
  said(text: string): void;
  /** What it comes to. */
  good(text: string): void;
  bad(text: string): void;
  text(text: string): void;
  /** Waits for a key on a terminal; goes on by itself elsewhere. True when a person pressed it. */
  anyKey(prompt: string): Promise<boolean>;
}

export function narratorFor(output: Output, signal: AbortSignal): Narrator {
  const { paint } = output;
  const paced = isInteractive() && !output.json;
  let scene = 0;
  return {
    scene(title) {
      scene += 1;
      output.line();
      output.line(`${paint.bold(paint.cyan(String(scene)))}  ${paint.bold(title)}`);
    },
    command: (text) => output.line(`   ${paint.dim('$')} ${text}`),
    said: (text) => output.line(`   ${paint.dim('│')} ${paint.dim(text)}`),
    good: (text) => output.line(`   ${paint.green('✓')} ${text}`),
    bad: (text) => output.line(`   ${paint.red('✗')} ${text}`),
    text: (text) => output.line(`   ${text}`),
    async anyKey(prompt) {
      if (!paced) return false;
      process.stdout.write(`   ${paint.yellow('▸')} ${prompt} `);
      await oneKey(signal);
      process.stdout.write('\n');
      return true;
    },
  };
}

/** Ctrl-C at the prompt ends the demo as it does everywhere else. */
async function oneKey(signal: AbortSignal): Promise<void> {
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.resume();
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      stdin.once('data', (key: Buffer) => {
        signal.removeEventListener('abort', stop);
        if (key[0] === 3) process.kill(process.pid, 'SIGINT');
        resolve();
      });
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}
