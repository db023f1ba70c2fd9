// Brings a run to its end: waits for the agent's first process, ends what it left behind, settles what is open, and records the end.
// Nothing of the tree is left when this resolves, but for what this user may not signal.
import {
  type Exit,
  endTree,
  killTree,
  listTree,
  type SpawnedTree,
  type TreeHandle,
} from '../process/entry.ts';
import type { Verdict } from './adapters/adapter.ts';
import { compareClaim } from './compare-claim.ts';
import { backoff, wait } from './link/backoff.ts';
import type { RunEnd } from './link/run-link.ts';
import type { OpenRun } from './open-run.ts';
import { captureOutput } from './output/capture.ts';
import { recordEnd } from './record-end.ts';
import type { RunResult } from './run-result.ts';
import type { StartedAgent } from './start-agent.ts';
import { waitForStop } from './supervise/end-tree-once.ts';
import type { Stop } from './supervise/supervisor.ts';

const LEAVING_LIMIT_MS = 500;
const LEFT_BEHIND_GRACE_MS = 1_000;
const PIPE_CLOSE_LIMIT_MS = 1_000;
const SETTLE_LIMIT_MS = 5_000;
/** An agent CLI that ends well says so: an exit code of 0 alone can also be that of an interrupt. */
const NO_VERDICT: Verdict = {
  status: 'failed',
  reason: 'it ended without a result',
  claimedMicroUsd: null,
  claimedTokens: null,
};

export async function finishRun(
  run: OpenRun,
  { tree, conversation, release }: StartedAgent,
): Promise<RunResult> {
  const { observer, transcript, ending } = run;
  if (conversation === null) tree.stdout.on('data', (chunk: Buffer) => observer.onOutput?.(chunk));
  const capture = captureOutput(
    tree,
    (stream, text) => {
      transcript.add(conversation !== null && stream === 'stdout' ? 'protocol' : stream, text);
      // What is said in a conversation is shown as what it means.
      if (conversation === null || stream === 'stderr') observer.onLine?.(stream, text);
    },
    (stream) => observer.whenTaken?.(stream) ?? null,
  );
  conversation?.begin(tree);
  const exit = await Promise.race([tree.ended, ending.exhausted.then(unknownExit)]);
  if (exit.signal !== null && ending.stop === null) await waitForStop(ending);
  const stop = ending.stop;
  const left = await clear(run, tree, stop);
  run.brake.release();
  ending.release();
  await capture.finish(PIPE_CLOSE_LIMIT_MS);
  await conversation?.finish();
  await closeGateway(run);
  release();
  const verdict = conversation === null ? null : (conversation.verdict() ?? NO_VERDICT);
  const claim = compareClaim(run, verdict);
  const recorded = await recordEnd(run, { ...judgeExit(exit, stop, verdict), ...left, ...claim }, exit);
  run.stopWatching();
  await transcript.close();
  return {
    runId: run.registered.run_id,
    status: recorded.status,
    reason: recorded.reason,
    exitCode: exit.exitCode,
    signal: exit.signal,
    ...left,
    isRecorded: recorded.isRecorded,
    openMicroUsd: run.openMicroUsd(),
  };
}

export async function closeGateway(run: OpenRun): Promise<void> {
  await run.gateway.close();
  const givenUp = await run.settlements.flush(SETTLE_LIMIT_MS);
  if (givenUp > 0) {
    run.observer.onNotice?.(
      `${givenUp} calls could not be settled in time; they are booked whole when the run ends.`,
    );
  }
}

/** The first processes' own end, or what ended it. */
function judgeExit(
  exit: Exit,
  stop: Stop | null,
  verdict: Verdict | null,
): Pick<RunEnd, 'status' | 'reason'> {
  if (stop?.by === 'time') return { status: 'timed_out', reason: stop.reason };
  if (stop !== null) return { status: 'killed', reason: stop.reason };
  if (verdict?.status === 'failed') return { status: 'failed', reason: verdict.reason };
  if (exit.exitCode === 0) return { status: 'succeeded', reason: verdict?.reason ?? 'exit code 0' };
  const how =
    exit.exitCode === null ? `ended by ${exit.signal ?? 'nobody knows what'}` : `exit code ${exit.exitCode}`;
  return { status: 'failed', reason: how };
}

async function clear(
  { ending }: OpenRun,
  { handle }: SpawnedTree,
  stop: Stop | null,
): Promise<{ readonly leftBehind: number; readonly survivors: number }> {
  if (stop !== null) {
    await ending.done();
    return { leftBehind: 0, survivors: (await killTree(handle)).survivors.length };
  }
  await leaving(handle);
  const ended = await endTree(handle, { graceMs: LEFT_BEHIND_GRACE_MS });
  if (ended.result === 'ended') return { leftBehind: ended.endedCount, survivors: 0 };
  return { leftBehind: ended.killedCount, survivors: ended.survivors.length };
}

/** What ends together with the first process, as a jail does, may need a moment more: it was not left behind. */
async function leaving(handle: TreeHandle): Promise<void> {
  const untilMs = performance.now() + LEAVING_LIMIT_MS;
  const pace = backoff(2, 50);
  while (listTree(handle).length > 0 && performance.now() < untilMs) await wait(pace.nextMs());
}

function unknownExit(): Exit {
  return { exitCode: null, signal: null };
}
