// Finds the command that was typed, loads it alone, runs it, and turns whatever it throws into a message and an exit code.
import * as nodeModule from 'node:module';
import { findCommand, type PlainOptions } from './command-table.ts';

interface Route {
  /** Null when no command was typed. */
  readonly name: string | null;
  /** What follows the command, with the options that stood before it. */
  readonly rest: readonly string[];
}

export async function main(args: readonly string[], version: string): Promise<void> {
  process.stdout.on('error', endQuietly);
  process.stderr.on('error', endQuietly);
  try {
    await dispatch(routeOf(args), version);
  } catch (error) {
    const { reportError } = await import('./report-error.ts');
    reportError(error, args);
  }
}

/** Whoever read our output has seen enough. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

async function dispatch(route: Route, version: string): Promise<void> {
  const { name, rest } = route;
  if (name === null) {
    if (rest.includes('--version') || rest.includes('-V')) process.stdout.write(`${version}\n`);
    else await showHelp(rest);
    return;
  }
  const entry = findCommand(name);
  if (entry === null) {
    const { refuseUnknownCommand } = await import('./unknown-command.ts');
    refuseUnknownCommand(name, rest);
    return;
  }
  if (!rest.includes('--help') && !rest.includes('-h')) keepCompiled();
  const module = await entry.load();
  const plain = module.plain === undefined ? null : plainOptions(rest);
  if (plain !== null) {
    await module.plain?.(plain);
    return;
  }
  const { runCommand } = await import('./run-command.ts');
  await runCommand(entry, module, rest);
}

/** From Node 22 on what was compiled is kept for the next command; in this user's own folder, not in one that all users share. */
function keepCompiled(): void {
  if (!('enableCompileCache' in nodeModule) || typeof nodeModule.enableCompileCache !== 'function') return;
  const { XDG_CACHE_HOME, HOME } = process.env;
  const cache =
    XDG_CACHE_HOME !== undefined && XDG_CACHE_HOME !== '' ? XDG_CACHE_HOME : `${HOME ?? ''}/.cache`;
  if (cache.startsWith('/') && cache !== '/.cache') nodeModule.enableCompileCache(`${cache}/governed-agents`);
}

/** Null when there is more than what every command takes. */
function plainOptions(args: readonly string[]): PlainOptions | null {
  let options: PlainOptions = {};
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at];
    const value = args[at + 1];
    if (arg === '--json') options = { ...options, json: true };
    else if ((arg === '-C' || arg === '--project') && value !== undefined && !value.startsWith('-')) {
      options = { ...options, project: value };
      at += 1;
    } else if (arg !== '--verbose') return null;
  }
  return options;
}

async function showHelp(rest: readonly string[]): Promise<void> {
  const asked = rest.some((arg) => arg === '--help' || arg === '-h' || arg === 'help');
  const unknown = rest.find(
    (arg) => arg.startsWith('-') && !isGlobal(arg) && arg !== '--help' && arg !== '-h',
  );
  if (unknown !== undefined) {
    const { refuseUnknownOption } = await import('./unknown-command.ts');
    refuseUnknownOption(unknown);
  }
  const { writeHelp } = await import('./help-text.ts');
  writeHelp(asked ? process.stdout : process.stderr);
  if (!asked) process.exitCode = 2;
}

function isGlobal(arg: string): boolean {
  return /^(-C.*|--project(=.*)?|--verbose|--json|--no-color)$/.test(arg);
}

/** `-C DIR run noop` means `run noop -C DIR`; `help run` means `run --help`. */
function routeOf(args: readonly string[]): Route {
  const before: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg.startsWith('-')) {
      before.push(arg);
      const value = args[at + 1];
      if ((arg === '-C' || arg === '--project') && value !== undefined) {
        before.push(value);
        at += 1;
      }
      continue;
    }
    const after = args.slice(at + 1);
    if (arg !== 'help') return { name: arg, rest: [...before, ...after] };
    const [topic] = after;
    return topic === undefined
      ? { name: null, rest: [...before, '--help'] }
      : { name: topic, rest: [...before, '--help', ...after.slice(1)] };
  }
  return { name: null, rest: before };
}
