// Governs any command in any folder at once: under the user-level project, with server and watchdog started as needed, the command's
// stdin and stdout its own.
import { basename } from 'node:path';
import { readToken } from '../../config/entry.ts';
import { InputError, OperationError } from '../../core/fault.ts';
import { visibleLine } from '../../core/visible-text.ts';
import { findProgram, type RunObserver, runAgent, type StartResult } from '../../runner/entry.ts';
import { ANY_PORT, ensureUp } from '../background/up.ts';
import { whyNotStarted } from '../live/run-command.ts';
import { type Output, outputFor, warn } from '../output.ts';
import { execProjectDir, type Project } from '../project.ts';
import { reaching } from '../reach.ts';
import { reportError } from '../report-error.ts';
import { execAgent } from './agent-file.ts';
import { authOf } from './auth-of.ts';
import type { CliArguments } from './cli-arguments.ts';
import { EXEC_EXIT, execExitCode, tellExecEnd } from './exec-end.ts';
import { execView } from './exec-view.ts';
import { type ExecOptions, type ExecWish, readWish, workingFolder } from './exec-wish.ts';
import { type Instructions, instructionsIn } from './instructions.ts';
import { keptServer } from './kept-server.ts';
import { knownCli } from './known-cli.ts';
import { watchStdout } from './lost-stdout.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { promptOf } from './prompt-of.ts';
import { likelySlips } from './tool-patterns.ts';
import { putAgentInForce, turnOf, userProject } from './user-project.ts';

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

export async function execCommand(command: readonly string[], options: ExecOptions): Promise<void> {
  const output = reaching(outputFor({}), { project: execProjectDir(process.env) });
  const wish = readWish(options);
  const folder = workingFolder(wish);
  const [name = '', ...args] = command;
  const program = programOf(name);
  if (program === null) return;
  const known = knownCli(name, args);
  const { cli, adapter } = known;
  const { auth, env } = await authOf(adapter, process.env);
  const instructions = instructionsIn(folder, adapter);
  const prompt = cli === null ? null : await promptOf(cli.prompt, known.asked, output);
  const agent = execAgent({
    program: name,
    adapter,
    folder,
    wish,
    model: cli?.model ?? null,
    auth,
    instructions: allTold(instructions, cli?.appended ?? null),
    allow: cli?.allow ?? [],
    deny: cli?.deny ?? [],
    harmless: cli?.harmless ?? [],
  });
  const lost = watchStdout();
  const isOnTerminal = process.stdout.isTTY === true && process.stderr.isTTY === true;
  const turn = turnOf(process.env);
  const { project, view, kept, startedMs, starting } = await oneAtATime(turn, async () => {
    const made = userProject(env);
    await putAgentInForce(made, agent);
    await ensureUp(made, ANY_PORT);
    const shown = execView({ project: made, output, capUsd: wish.budgetUsd, words: cli?.words ?? null });
    tellBegin(output, made, name, wish, cli, instructions);
    if (adapter === 'codex' && auth === 'subscription' && wish.maxOutputTokens !== null)
      warn(
        output,
        '--max-output-tokens does nothing here: a ChatGPT login takes no limit. It counts with OPENAI_API_KEY',
      );
    const tell = (text: string): void => shown.observer.onNotice?.(text);
    const keeping = keptServer({ project: made, turn, tell });
    const { observer, registered } = noticesRegistration(shown.observer);
    const begunMs = performance.now();
    const begun = runAgent({
      state: made.state,
      projectDir: made.dir,
      runnerToken: readToken(made.state.keys, 'runner'),
      agentId: agent.id,
      budgetUsd: wish.budgetUsd,
      command: [program, ...(cli?.kept ?? args)],
      // On a terminal its lines pass through us, so that the live line does not run into them.
      ownPipes: { stdin: true, stdout: !isOnTerminal },
      env,
      observer: { ...observer, onReachable: keeping.onReachable },
      ...(prompt === null ? {} : { prompt }),
    });
    // The next call puts providers and instructions of its own in force: until it is registered, those of this one have to stay.
    await Promise.race([registered, begun]);
    return { project: made, view: shown, kept: keeping, startedMs: begunMs, starting: begun };
  });
  const started = await starting;
  if (started.result !== 'started') {
    kept.close();
    view.close();
    reportError(whyNotStarted(started), ['exec']);
    process.exitCode = exitOfRefusal(started);
    return;
  }
  view.started(started.run);
  const result = await started.run.ended;
  kept.close();
  view.close();
  const end = {
    project,
    output,
    result,
    view,
    capUsd: wish.budgetUsd,
    elapsedMs: performance.now() - startedMs,
    tier: started.run.tier,
    // Claude is told how long its answers may be, by its caps; other programs say it themselves.
    couldBeLimited: adapter === 'codex' && auth === 'key' && wish.maxOutputTokens === null,
    toolsSaid: toolsSaid(wish, cli),
  };
  await tellExecEnd(end);
  process.exitCode = execExitCode(result, view.wasRefused());
  await lost.tell(output);
}

function noticesRegistration(observer: RunObserver) {
  let onRegistered = (): void => undefined;
  const registered = new Promise<void>((resolve) => {
    onRegistered = resolve;
  });
  return { registered, observer: { ...observer, onRegistered: () => onRegistered() } };
}

/** What the folder says, and behind it what the command line says. */
function allTold(instructions: Instructions | 'too long' | null, appended: string | null): string | null {
  const own = instructions === null || instructions === 'too long' ? null : instructions.text;
  const all = [own, appended].filter((text) => text !== null);
  return all.length === 0 ? null : all.join('\n\n');
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
    process.exitCode = error.code === 'program_not_executable' ? NOT_EXECUTABLE : NOT_FOUND;
    return null;
  }
}

function tellBegin(
  output: Output,
  project: Project,
  name: string,
  wish: ExecWish,
  cli: CliArguments | null,
  instructions: Instructions | 'too long' | null,
): void {
  const { paintErr: paint } = output;
  const gated =
    cli === null
      ? 'metered only: its model calls are capped, its other acts are not gated'
      : toolsSaid(wish, cli)
        ? 'metered and gated: it uses the tools that you listed, and no others'
        : 'metered and gated: it reads here freely, and waits for you before it acts';
  output.note(`⛨ ${paint.bold(basename(name))} · ${gated}`);
  if (cli === null && wish.tools !== null)
    warn(output, `--tools has no say over ${visibleLine(basename(name))}: its acts are not gated`);
  for (const [tool, near] of cli === null ? [] : likelySlips(wish.tools ?? []))
    warn(
      output,
      `--tools names ${visibleLine(tool)}, which ${basename(name)} is not known to have; did you mean ${near}?`,
    );
  output.note(paint.dim(`  dashboard: governed-agents open -C ${project.dir}`));
  if (instructions === 'too long')
    output.note('  the instructions of this folder are too long and were left out');
  else if (instructions !== null) output.note(paint.dim(`  follows ${instructions.name} of this folder`));
  for (const arg of cli?.leftOut ?? [])
    output.note(paint.dim(`  left out, since governance decides here: ${visibleLine(arg)}`));
}

/** With --tools, or as the program itself takes them. */
function toolsSaid(wish: ExecWish, cli: CliArguments | null): boolean {
  return wish.tools !== null || (cli?.allow.length ?? 0) > 0;
}

function exitOfRefusal(started: Exclude<StartResult, { result: 'started' }>): number {
  if (started.result !== 'refused') return 1;
  if (started.code === 'over_cap') return EXEC_EXIT.budget;
  return ['paused', 'killed', 'kill_switch'].includes(started.code) ? EXEC_EXIT.stopped : 1;
}
