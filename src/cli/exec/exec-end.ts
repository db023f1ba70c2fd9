// How a governed command ended, as an exit code and as one line. The command's own code is passed on; where governance ended it, the
// code says so.
import { constants } from 'node:os';
import { roundLimit } from '../../core/ledger/amount-text.ts';
import { formatUsdLimit, formatUsdOf } from '../../core/ledger/money.ts';
import { formatDuration } from '../../core/time.ts';
import type { RunHandle, RunResult } from '../../runner/entry.ts';
import { endWords } from '../live/end-words.ts';
import { runFigures, spentWords, usedWords } from '../live/run-figures.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { plural } from '../show/words.ts';
import { deniedCalls } from './denied-calls.ts';
import type { ExecView } from './exec-view.ts';
import { inExecWords } from './exec-words.ts';

export const EXEC_EXIT = { time: 124, denied: 205, budget: 206, stopped: 207 } as const;

export function execExitCode(result: RunResult, wasRefused: boolean): number {
  if (result.status === 'timed_out') return EXEC_EXIT.time;
  if (result.status === 'over_budget') return EXEC_EXIT.budget;
  if (result.status === 'killed' || result.status === 'lost') return EXEC_EXIT.stopped;
  // How its program ended counts only where the record has it so.
  if (!result.isRecorded) return EXEC_EXIT.stopped;
  if (result.status === 'failed' && wasRefused) return EXEC_EXIT.denied;
  if (result.exitCode === null) return 128 + signalNumber(result.signal);
  // An agent CLI may say that it failed and exit as if it had not.
  return result.exitCode === 0 && result.status === 'failed' ? 1 : result.exitCode;
}

/** 0 for one that this system does not know. */
function signalNumber(signal: string | null): number {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return numbers[signal ?? ''] ?? 0;
}

export interface ExecEnd {
  readonly project: Project;
  readonly output: Output;
  readonly result: RunResult;
  readonly view: ExecView;
  readonly capUsd: number;
  readonly elapsedMs: number;
  readonly tier: RunHandle['tier'];
  /** Each of its calls reserves the longest answer of its model, and needn't. */
  readonly couldBeLimited: boolean;
  /** What it may do was listed. */
  readonly toolsSaid: boolean;
}

export async function tellExecEnd({
  project,
  output,
  result,
  view,
  capUsd,
  elapsedMs,
  tier,
  couldBeLimited,
  toolsSaid,
}: ExecEnd): Promise<void> {
  const { paintErr: paint } = output;
  const figures = await runFigures(project, result, view.spentMicroUsd());
  const denied = await deniedCalls(project, result.runId, toolsSaid);
  const { mark, text } = endWords(result, paint);
  const spent = `${formatUsdOf(figures.spentMicroUsd, capUsd * 1e6)} of ${formatUsdLimit(capUsd * 1e6)}`;
  const parts = [
    inExecWords(text),
    spentWords(figures, spent),
    ...usedWords(figures, denied.length),
    formatDuration(elapsedMs),
    tier,
  ];
  output.note(`${mark} ${parts.join(' · ')}`);
  for (const why of new Set(denied.slice(0, MOST_DENIED))) output.note(paint.dim(`  denied: ${why}`));
  if (result.status === 'over_budget') {
    const shorter = couldBeLimited ? ', or limit its answers with --max-output-tokens 8000' : '';
    output.note(
      `  the call that would have passed it was not sent; ${howToRaise(result.reason, project)}${shorter}`,
    );
  }
  output.note(
    paint.dim(`  ${result.runId} is in the record: governed-agents logs ${result.runId} -C ${project.dir}`),
  );
  if (result.leftBehind > 0)
    output.note(
      paint.dim(`  ended, since it left them behind: ${plural(result.leftBehind, 'process', 'processes')}`),
    );
}

/** Of the newest that were denied, each reason once. */
const MOST_DENIED = 5;

const AT_CAP =
  /^over (?:run|day)_(?<unit>usd|tokens)(?<owner> of the \w+)?: asks for up to \$?(?<asked>[\d.,]+)[^,]*, \$?(?<left>[\d.,]+) of \$?(?<limit>[\d.,]+) left/;

/** A cap of the command line is another one next time; those of all runs of this user are raised once. */
function howToRaise(reason: string, project: Project): string {
  const { unit, owner, ...said } = AT_CAP.exec(reason)?.groups ?? {};
  if (unit === undefined) return `\`governed-agents budget -C ${project.dir}\` shows the caps`;
  const amount = (text = ''): number => Number(text.replaceAll(',', ''));
  // What is said was rounded for a person.
  const wanted = (amount(said['limit']) - amount(said['left']) + amount(said['asked'])) * 1.05;
  const scale = unit === 'usd' ? 1e6 : 1;
  const enough = roundLimit(Math.ceil(wanted * scale)) / scale;
  return owner === undefined
    ? `give it more with --budget-${unit} ${enough}`
    : `raise it with \`governed-agents budget raise --of project --tier day --${unit} ${enough} -C ${project.dir}\``;
}
