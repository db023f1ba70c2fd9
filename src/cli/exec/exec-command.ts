// Governs any command in any folder at once: under the user-level project, with server and watchdog started as needed, the command's
// stdin and stdout its own.
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { readToken } from '../../config/entry.ts';
import { InputError, OperationError } from '../../core/fault.ts';
import { findProgram, runAgent, type StartResult } from '../../runner/entry.ts';
import { ensureUp } from '../background/up.ts';
import { whyNotStarted } from '../live/run-command.ts';
import { type Output, outputFor } from '../output.ts';
import type { Project } from '../project.ts';
import { reportError } from '../report-error.ts';
import { execAgent } from './agent-file.ts';
import { type ClaudeArguments, readClaudeArguments } from './claude-arguments.ts';
import { EXEC_EXIT, execExitCode, tellExecEnd } from './exec-end.ts';
import { execView } from './exec-view.ts';
import { type ExecOptions, type ExecWish, readWish, workingFolder } from './exec-wish.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { putAgentInForce, turnOf, userProject } from './user-project.ts';

const NOT_FOUND = 127;
const ANY_PORT = 0;
const STDIN_PATIENCE_MS = 3_000;

export async function execCommand(command: readonly string[], options: ExecOptions): Promise<void> {
  const output = outputFor({});
  const wish = readWish(options);
  const [name = '', ...args] = command;
  const program = programOf(name);
  if (program === null) return;
  const claude = basename(name) === 'claude' ? readClaudeArguments(args) : null;
  const prompt = claude === null ? null : await promptOf(claude);
  const agent = execAgent({
    program: name,
    adapter: claude === null ? adapterOf(name, args) : 'claude',
    folder: workingFolder(),
    wish,
    model: claude?.model ?? null,
    allow: claude?.allow ?? [],
    deny: claude?.deny ?? [],
  });
  const project = await oneAtATime(turnOf(process.env), async () => {
    const made = userProject(process.env);
    await putAgentInForce(made, agent);
    await ensureUp(made, ANY_PORT);
    return made;
  });
  tellBegin(output, project, name, wish, claude);
  const startedMs = performance.now();
  const view = execView({
    output,
    capUsd: wish.budgetUsd,
    format: claude?.output ?? null,
    approveWith: `governed-agents approve -C ${project.dir}`,
  });
  const isOnTerminal = process.stdout.isTTY === true && process.stderr.isTTY === true;
  const started = await runAgent({
    state: project.state,
    projectDir: project.dir,
    runnerToken: readToken(project.state.keys, 'runner'),
    agentId: agent.id,
    budgetUsd: wish.budgetUsd,
    command: [program, ...(claude === null ? args : claude.kept)],
    // On a terminal its lines pass through us, so that the live line does not run into them.
    ownPipes: { stdin: true, stdout: !isOnTerminal },
    env: process.env,
    observer: view.observer,
    ...(prompt === null ? {} : { prompt }),
  });
  if (started.result !== 'started') {
    view.close();
    reportError(whyNotStarted(started), []);
    process.exitCode = exitOfRefusal(started);
    return;
  }
  view.started(started.run);
  const result = await started.run.ended;
  view.close();
  const end = {
    project,
    output,
    result,
    view,
    capUsd: wish.budgetUsd,
    elapsedMs: performance.now() - startedMs,
    tier: started.run.tier,
  };
  await tellExecEnd(end);
  process.exitCode = execExitCode(result, view.wasRefused());
}

/** Codex is told where the gateway is on its command line, which only its `exec` takes all of. */
function adapterOf(name: string, args: readonly string[]): 'command' | 'codex' {
  if (basename(name) !== 'codex') return 'command';
  if (args.some((arg) => arg === 'exec' || arg === 'e')) return 'codex';
  const hint = 'write for example governed-agents exec -- codex exec "fix the tests"';
  const message = 'codex without `exec` talks with a person on the terminal, and nothing was started';
  throw new InputError({ code: 'usage', message, hint });
}

/** Null when there is none, which has been said. */
function programOf(name: string): string | null {
  if (name === '') {
    const hint = 'write for example governed-agents exec --budget-usd 2 -- claude -p "fix the tests"';
    throw new InputError({ code: 'usage', message: 'exec needs a command after --', hint });
  }
  try {
    return findProgram(name, process.env);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    reportError(error, []);
    process.exitCode = NOT_FOUND;
    return null;
  }
}

/** What stands on the command line, and what is piped in. */
async function promptOf(claude: ClaudeArguments): Promise<string> {
  const piped = process.stdin.isTTY === true ? '' : await pipedIn(claude.prompt === null);
  const parts = [claude.prompt ?? '', piped].filter((part) => part.trim() !== '');
  if (parts.length > 0) return parts.join('\n\n');
  throw new InputError({
    code: 'usage',
    message: 'claude -p has no prompt',
    hint: 'write it in quotes behind -p, or pipe it in',
  });
}

/** Beside a prompt of its own, a pipe that stays silent is not waited for without end. */
async function pipedIn(isNeeded: boolean): Promise<string> {
  if (isNeeded) return text(process.stdin);
  const silence = new Promise<string>((resolve) => {
    const timer = setTimeout(() => resolve(''), STDIN_PATIENCE_MS);
    process.stdin.once('readable', () => clearTimeout(timer));
  });
  const said = await Promise.race([text(process.stdin), silence]);
  process.stdin.unref?.();
  return said;
}

function tellBegin(
  output: Output,
  project: Project,
  name: string,
  wish: ExecWish,
  claude: ClaudeArguments | null,
): void {
  const { paintErr: paint } = output;
  const gated =
    claude === null
      ? 'metered only: its model calls are capped, its other acts are not gated'
      : wish.tools === null && claude.allow.length === 0
        ? 'metered and gated: it reads here freely, and waits for you before it acts'
        : 'metered and gated: it uses the tools that you listed, and no others';
  output.note(`⛨ ${paint.bold(basename(name))} · ${gated}`);
  output.note(paint.dim(`  dashboard: governed-agents open -C ${project.dir}`));
  for (const arg of claude?.leftOut ?? []) output.note(paint.dim(`  left out: ${arg}`));
}

function exitOfRefusal(started: Exclude<StartResult, { result: 'started' }>): number {
  if (started.result !== 'refused') return 1;
  if (started.code === 'over_cap') return EXEC_EXIT.budget;
  return ['paused', 'killed', 'kill_switch'].includes(started.code) ? EXEC_EXIT.stopped : 1;
}
