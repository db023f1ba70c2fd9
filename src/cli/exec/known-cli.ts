// Knows the agent CLIs whose tools can be gated from any other command. What of them can't be gated, a talk with a person on the terminal,
// is refused: whoever put `exec` before it wants it governed.
import { basename } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { readClaudeArguments } from './claude-arguments.ts';
import type { CliArguments } from './cli-arguments.ts';
import { readCodexArguments } from './codex-arguments.ts';

export type KnownCli =
  | { readonly adapter: 'claude' | 'codex'; readonly cli: CliArguments; readonly asked: string }
  | { readonly adapter: 'command'; readonly cli: null };

const COMMAND: KnownCli = { adapter: 'command', cli: null };
/** `codex exec --help` */
const MOST_ABOUT_ITSELF = 2;
const ABOUT_ITSELF = new Set(['--version', '-V', '-v', '--help', '-h']);

export function knownCli(name: string, args: readonly string[]): KnownCli {
  const program = basename(name);
  if (program !== 'claude' && program !== 'codex') return COMMAND;
  // At the end of a longer line it may be the value of an option.
  if (args.length <= MOST_ABOUT_ITSELF && ABOUT_ITSELF.has(args.at(-1) ?? '')) return COMMAND;
  if (program === 'claude') {
    const cli = readClaudeArguments(args);
    if (cli === null) throw interactive('claude -p');
    return { adapter: 'claude', cli, asked: 'claude -p' };
  }
  const cli = readCodexArguments(args);
  if (cli === null) throw interactive('codex exec');
  return { adapter: 'codex', cli, asked: 'codex exec' };
}

function interactive(asked: string): InputError {
  const [cli, word] = asked.split(' ');
  const hint = `write for example governed-agents exec -- ${asked} "fix the tests"`;
  const message = `${cli} without ${word} talks with a person on the terminal, where nothing of it can be gated; nothing was started`;
  return new InputError({ code: 'usage', message, hint });
}
