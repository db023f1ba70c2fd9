// Starts a run, shows it while it lives, and ends with the exit code that says how it went.
import { readToken } from '../../config/entry.ts';
import { InputError } from '../../core/fault.ts';
import { fieldOf, fieldsOf } from '../../core/json-object.ts';
import { fromUsd } from '../../core/ledger/money.ts';
import { type RunAgentOptions, type RunResult, runAgent, type StartResult } from '../../runner/entry.ts';
import { clientOf, unreachable } from '../client.ts';
import { EXIT } from '../exit-code.ts';
import { folderOfServer } from '../other-folder.ts';
import { type Output, outputFor, warn } from '../output.ts';
import { locateProject, type Project } from '../project.ts';
import { isAmount } from '../raise-budget.ts';
import { reaching } from '../reach.ts';
import { RefusalError } from '../refusal-error.ts';
import { dollars, plural } from '../show/words.ts';
import { detach } from './detach.ts';
import { endWords } from './end-words.ts';
import { type Launch, launchOf } from './launch.ts';
import { observePlainly } from './plain-view.ts';
import { type RunFigures, runFigures, spentWords, usedWords } from './run-figures.ts';
import type { RunView } from './run-view.ts';
import { observeOnTerminal } from './terminal-view.ts';

export interface RunOptions {
  readonly project?: string;
  readonly json?: boolean;
  readonly prompt?: string;
  readonly budgetUsd?: string;
  readonly group?: string;
  readonly detach?: boolean;
  readonly watchdog: boolean;
}

export async function runCommand(
  agent: string,
  task: string | undefined,
  options: RunOptions,
): Promise<void> {
  const output = reaching(outputFor(options), options);
  const here = locateProject(options);
  const wanted = await wishOf(options);
  const launch = launchOf(here, agent, {
    task,
    group: wanted.group,
    budget: wanted.budgetUsd === undefined ? null : fromUsd(wanted.budgetUsd),
  });
  // Its rules, its workspaces and what is said of its files are those of the folder that the server works in.
  const project = { ...here, dir: await folderInForce(here, output) };
  if (options.detach === true) {
    await detach(project, output, launch, wanted);
    return;
  }
  const onTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true && !output.json;
  const view = onTerminal ? observeOnTerminal(project, output, launch) : observePlainly(output);
  const started = await runAgent(runnerOptions(project, launch, wanted, view));
  if (started.result !== 'started') {
    view.close();
    throw whyNotStarted(started);
  }
  view.started(started.run);
  const result = await started.run.ended;
  view.close();
  tellEnd(output, launch, result, view, await runFigures(project, result, view.spentMicroUsd()));
}

export interface RunWish {
  readonly prompt?: string;
  readonly budgetUsd?: number;
  readonly group?: string;
  readonly noWatchdog: boolean;
}

async function wishOf(options: RunOptions): Promise<RunWish> {
  if (options.budgetUsd !== undefined && !isAmount(options.budgetUsd)) {
    throw new InputError({
      code: 'usage',
      message: `--budget-usd ${JSON.stringify(options.budgetUsd)} is not an amount of dollars`,
      hint: 'write for example --budget-usd 2.50',
    });
  }
  const prompt = options.prompt === '-' ? await readStdin() : options.prompt;
  return {
    noWatchdog: !options.watchdog,
    ...(prompt === undefined ? {} : { prompt }),
    ...(options.budgetUsd === undefined ? {} : { budgetUsd: Number(options.budgetUsd) }),
    ...(options.group === undefined ? {} : { group: options.group }),
  };
}

async function readStdin(): Promise<string> {
  const { text } = await import('node:stream/consumers');
  return await text(process.stdin);
}

function runnerOptions(project: Project, launch: Launch, wanted: RunWish, view: RunView): RunAgentOptions {
  return {
    state: project.state,
    projectDir: project.dir,
    runnerToken: readToken(project.state.keys, 'runner'),
    agentId: launch.agentId,
    env: process.env,
    observer: view.observer,
    noWatchdog: wanted.noWatchdog,
    ...(launch.task === undefined ? {} : { task: launch.task }),
    ...(wanted.prompt === undefined ? {} : { prompt: wanted.prompt }),
    ...(wanted.budgetUsd === undefined ? {} : { budgetUsd: wanted.budgetUsd }),
    ...(launch.group === undefined ? {} : { group: launch.group }),
  };
}

export function whyNotStarted(started: Exclude<StartResult, { result: 'started' }>): Error {
  if (started.result === 'unreachable') return unreachable(started.why);
  if (started.result === 'not_started') return started.fault;
  return new RefusalError({ code: started.code, detail: started.detail, hint: started.hint });
}

/** What is in force is what was accepted; whoever just edited a file should know that it does not count yet. */
async function folderInForce(project: Project, output: Output): Promise<string> {
  const answer = await clientOf(project).get('/status', 2_000);
  if (answer.result === 'unreachable') throw unreachable(answer.reason);
  const other = answer.result === 'ok' ? folderOfServer(project, output, answer.body) : null;
  if (other !== null) return other;
  const { changed, problems } = fieldsOf(answer.result === 'ok' ? fieldOf(answer.body, 'rules') : null);
  if (Array.isArray(problems) && problems.length > 0)
    warn(
      output,
      'governing files were edited, with mistakes, so what was accepted stays: `governed-agents policy check`',
    );
  else if (Array.isArray(changed) && changed.length > 0)
    warn(
      output,
      `${changed.length} governing ${changed.length === 1 ? 'file was' : 'files were'} edited and ${changed.length === 1 ? 'is' : 'are'} not in force: \`governed-agents accept\``,
    );
  return project.dir;
}

function tellEnd(
  output: Output,
  launch: Launch,
  result: RunResult,
  view: RunView,
  figures: RunFigures,
): void {
  output.data({
    run_id: result.runId,
    agent_id: launch.agentId,
    status: result.status,
    end_reason: result.reason,
    exit_code: result.exitCode,
    signal: result.signal,
    spent_micro_usd: figures.spentMicroUsd,
    open_micro_usd: figures.openMicroUsd,
    recorded: result.isRecorded,
    left_behind: result.leftBehind,
    survivors: result.survivors,
  });
  const { paintErr: paint } = output;
  const spent = spentWords(figures, dollars(figures.spentMicroUsd));
  const { mark, text } = endWords(result, paint);
  output.note(`${mark} ${result.runId} ${[text, spent, ...usedWords(figures, 0)].join(' · ')}`);
  if (result.status === 'over_budget')
    output.note(
      `  \`governed-agents budget ${launch.agentId}\` shows the caps, \`governed-agents budget raise --help\` how to make room`,
    );
  if (result.survivors > 0)
    warn(output, `${result.survivors} processes could not be ended: they belong to another user`);
  if (result.leftBehind > 0)
    output.note(
      paint.dim(`  ended, since it left them behind: ${plural(result.leftBehind, 'process', 'processes')}`),
    );
  process.exitCode = runExitCode(result, view.wasRefused());
}

export function runExitCode(
  { status, isRecorded }: Pick<RunResult, 'status' | 'isRecorded'>,
  wasRefused: boolean,
): number {
  if (status === 'over_budget') return EXIT.overBudget;
  if (status === 'killed') return EXIT.stopped;
  // How its program ended counts only where the record has it so.
  if (!isRecorded) return EXIT.failed;
  if (status === 'succeeded') return EXIT.done;
  // It gave up because something that it proposed was refused.
  return status === 'failed' && wasRefused ? EXIT.denied : EXIT.failed;
}
