// Knows the agent CLIs whose tools can be gated from any other command. What of them can't be gated, a talk with a person on the terminal,
// is a command like any other, or is refused where it would not even be metered.
import { basename } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { readClaudeArguments } from './claude-arguments.ts';
import type { CliArguments } from './cli-arguments.ts';
import { readCodexArguments } from './codex-arguments.ts';

export type KnownCli =
  | { readonly adapter: 'claude' | 'codex'; readonly cli: CliArguments; readonly asked: string }
  | { readonly adapter: 'command'; readonly cli: null };

const COMMAND: KnownCli = { adapter: 'command', cli: null };
const ABOUT_ITSELF = new Set(['--version', '-V', '-v', '--help', '-h']);

export function knownCli(name: string, args: readonly string[]): KnownCli {
  const program = basename(name);
  if (program !== 'claude' && program !== 'codex') return COMMAND;
  if (args.some((arg) => ABOUT_ITSELF.has(arg))) return COMMAND;
  if (program === 'claude') {
    const cli = readClaudeArguments(args);
    return cli === null ? COMMAND : { adapter: 'claude', cli, asked: 'claude -p' };
  }
  const cli = readCodexArguments(args);
  if (cli === null) throw interactiveCodex();
  return { adapter: 'codex', cli, asked: 'codex exec' };
}

/** It is told where the gateway is by its adapter alone. */
function interactiveCodex(): InputError {
  const hint = 'write for example governed-agents exec -- codex exec "fix the tests"';
  const message = 'codex without `exec` talks with a person on the terminal, and nothing was started';
  return new InputError({ code: 'usage', message, hint });
}
