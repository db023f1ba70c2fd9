// Makes good what could not be recorded when it happened: stops that were marked in the state's and the runs' folders are carried out,
// recorded and unmarked, as soon as the store can be written again. The watchdog does the same: a mark that went away while its record waited
// for the store was recorded there, and what it stopped may go on again.
import { readStopMark, readStopReason, setStopMark } from '../../config/entry.ts';
import type { Actor } from '../../core/audit/event.ts';
import { killRun } from '../../governor/stop/kill-run.ts';
import { setKillSwitch } from '../../governor/stop/kill-switch.ts';
import { pauseAll } from '../../governor/stop/pause-all.ts';
import { pauseRun } from '../../governor/stop/pause-run.ts';
import { freezeTree, killTree } from '../../process/entry.ts';
import type { ServerContext } from '../context.ts';
import { findRunTrees, type RunTree } from './run-trees.ts';

const EVERY_MS = 1_000;
const ACTOR: Actor = { kind: 'server', id: null };
const NO_REASON = 'a stop that could not be recorded when it was asked for';

export interface MarkKeeper {
  close(): Promise<void>;
}

export function recordMarks(context: ServerContext): MarkKeeper {
  let working: Promise<void> = Promise.resolve();
  const lookAgain = (): void => {
    working = working
      .then(() => look(context))
      .catch((fault: unknown) => {
        const why = fault instanceof Error ? fault.message : String(fault);
        context.log(`a marked stop can't be recorded yet: ${why}`);
      });
  };
  lookAgain();
  const timer = setInterval(lookAgain, EVERY_MS);
  timer.unref();
  return {
    async close() {
      clearInterval(timer);
      await working;
    },
  };
}

async function look(context: ServerContext): Promise<void> {
  await lookAtState(context);
  const { runs, storeRead } = findRunTrees(context.store, context.layout);
  if (!storeRead) return;
  for (const run of runs) await lookAtRun(context, run);
}

async function lookAtState(context: ServerContext): Promise<void> {
  const { dir } = context.layout;
  const mark = readStopMark(dir);
  if (mark === 'none') return;
  const why = { reason: readStopReason(dir) ?? NO_REASON, actor: ACTOR };
  await context.governor.commit((tx) => {
    if (readStopMark(dir) !== mark) return;
    if (mark === 'kill') setKillSwitch(tx, { on: true, ...why });
    else pauseAll(tx, why);
  });
  if (readStopMark(dir) === mark) setStopMark(dir, 'none');
}

async function lookAtRun(context: ServerContext, run: RunTree): Promise<void> {
  const mark = readStopMark(run.dir);
  if (mark === 'none') return;
  const why = { runId: run.runId, reason: readStopReason(run.dir) ?? NO_REASON, actor: ACTOR };
  if (mark === 'kill') {
    if (run.tree !== null) await killTree(run.tree);
    await context.governor.commit((tx) => readStopMark(run.dir) === mark && killRun(tx, why));
  } else {
    if (run.tree !== null) freezeTree(run.tree);
    await context.governor.commit(
      (tx) => readStopMark(run.dir) === mark && pauseRun(tx, { ...why, source: 'operator' }),
    );
  }
  if (readStopMark(run.dir) === mark) setStopMark(run.dir, 'none');
}
