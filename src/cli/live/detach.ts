// Starts a run in the background: a process of its own that is still there when the terminal is gone, and says here whether it started.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writingState } from '../../config/entry.ts';
import { OperationError } from '../../core/fault.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import type { Launch } from './launch.ts';
import type { RunWish } from './run-command.ts';

const START_LIMIT_MS = 20_000;
const STARTED = /^governed-agents: (run_[0-9a-z]{26}) started/m;

export async function detach(
  project: Project,
  output: Output,
  launch: Launch,
  wanted: RunWish,
): Promise<void> {
  const log = join(project.state.dir, `detached-${process.pid}.log`);
  const file = writingState(project.state.dir, () => openSync(log, 'wx', 0o600));
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...argsOf(project, launch, wanted)], {
    cwd: project.dir,
    detached: true,
    stdio: ['ignore', 'ignore', file],
  });
  closeSync(file);
  const ended = { code: null as number | null, isOver: false, fault: null as Error | null };
  child.once('exit', (code) => {
    ended.code = code;
    ended.isOver = true;
  });
  child.once('error', (error) => {
    ended.fault = error;
    ended.isOver = true;
  });
  const deadlineMs = performance.now() + START_LIMIT_MS;
  let runId: string | undefined;
  while (runId === undefined && !ended.isOver && performance.now() < deadlineMs) {
    await delay(20);
    runId = STARTED.exec(readFileSync(log, 'utf8'))?.[1];
  }
  runId ??= STARTED.exec(readFileSync(log, 'utf8'))?.[1];
  if (runId === undefined) {
    const said = readFileSync(log, 'utf8');
    rmSync(log, { force: true });
    giveUp(said, ended);
    return;
  }
  child.unref();
  // The transcript is kept with the run; this was only to hear of its start.
  rmSync(log, { force: true });
  output.data({ run_id: runId, agent_id: launch.agentId, pid: child.pid ?? null });
  output.line(`${output.paint.green('✓')} ${runId} runs in the background`);
  output.line(
    `  see it with \`governed-agents logs -f ${runId}\`, end it with \`governed-agents kill ${runId}\``,
  );
}

/** What the background process said of its failure is said here, with its exit code. */
function giveUp(
  said: string,
  { code, fault }: { readonly code: number | null; readonly fault: Error | null },
): void {
  if (fault !== null) {
    throw new OperationError({
      op: 'start the run in the background',
      code: 'detach_failed',
      message: `no process could be started for it: ${fault.message}`,
      hint: 'see that the folder of the project is there, or start it without --detach',
      cause: fault,
    });
  }
  if (code === null) {
    throw new OperationError({
      op: 'start the run in the background',
      code: 'detach_failed',
      message: `it did not start within ${START_LIMIT_MS / 1_000} s`,
      hint: 'see `governed-agents runs`, or start it without --detach',
    });
  }
  process.stderr.write(said);
  process.exitCode = code === 0 ? 1 : code;
}

function argsOf(project: Project, launch: Launch, wanted: RunWish): readonly string[] {
  return [
    'run',
    launch.agentId,
    ...(launch.task === undefined ? [] : [launch.task]),
    '-C',
    project.dir,
    ...(wanted.prompt === undefined ? [] : [`--prompt=${wanted.prompt}`]),
    ...(wanted.budgetUsd === undefined ? [] : ['--budget-usd', String(wanted.budgetUsd)]),
    ...(launch.group === undefined ? [] : ['--group', launch.group]),
    ...(wanted.noWatchdog ? ['--no-watchdog'] : []),
  ];
}
