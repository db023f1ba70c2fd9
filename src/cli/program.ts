// Finds the command that was typed, loads it alone, runs it, and turns whatever it throws into a message and an exit code.
import * as nodeModule from 'node:module';
import { findCommand, type PlainOptions } from './command-table.ts';

interface Route {
  /** Null when no command was typed. */
  readonly name: string | null;
  /** What follows the command, with the options that stood before it. */
  readonly rest: readonly string[];
}

/** Commands that have something in their care: they go on when nobody reads their output any more. */
const GOES_ON = new Set(['serve', 'watchdog', 'run', 'exec', 'demo']);

export async function main(args: readonly string[], version: string): Promise<void> {
  const route = routeOf(args);
  const onLost = route.name !== null && GOES_ON.has(route.name) ? goOn : endWithOutput;
  process.stdout.on('error', onLost);
  process.stderr.on('error', onLost);
  try {
    await dispatch(route, version);
  } catch (error) {
    const { reportError } = await import('./report-error.ts');
    reportError(error, args);
  }
}

/** What could not be written is in the record, the transcript or the log. */
function goOn(): void {
  // Writing to a stream that failed is harmless.
}

/** Whoever read our output has seen enough; output that can't be written for another reason is a failure. */
function endWithOutput(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
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

/** `-C DIR run noop` means `run noop -C DIR`; `help budget raise` means `budget raise --help`. */
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
      : { name: topic, rest: [...before, ...after.slice(1), '--help'] };
  }
  return { name: null, rest: before };
}
