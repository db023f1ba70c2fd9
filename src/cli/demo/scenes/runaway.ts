// Scene: an agent in a loop. The watchdog, a process of its own, sees the third identical action and freezes the whole tree.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../stage.ts';

export interface RunawayFacts {
  readonly identical_actions: number;
  /** From the third identical action in the record to the last process of the tree stopped. */
  readonly stopped_ms: number;
  readonly moved_after_stop: number;
  readonly elapsed_ms: number;
}

export async function runaway(stage: Stage): Promise<RunawayFacts> {
  const { narrator, project } = stage;
  narrator.scene('An agent in a loop: the same tool call again and again');
  const startedMs = performance.now();
  const run = await stage.governed(['run', 'looper']);
  const operator = stage.operator();
  const pause = await operator.event('watchdog_pause');
  const calls = (await operator.events('tool_call_allowed')).filter((event) => event.run_id === pause.run_id);
  const ticks = (): number =>
    Number(readFileSync(join(project.dir, 'agents/looper/workspace/ticks'), 'utf8'));
  const before = ticks();
  await sleep(150);
  const moved = ticks() - before;
  const stoppedMs = Number((pause.payload as { stopped_ms?: number }).stopped_ms ?? Number.NaN);
  narrator.said(`watchdog: ${String((pause.payload as { reason?: string }).reason)}`);
  narrator[moved === 0 ? 'good' : 'bad'](
    `frozen ${stoppedMs} ms after the third identical action; its detached child moved ${moved} times in the next 150 ms`,
  );
  const kill = await stage.governed(['kill', 'looper', '--reason', 'the demo has seen enough']);
  await Promise.all([kill.ended, run.ended]);
  const elapsed = Math.round(performance.now() - startedMs);
  return {
    identical_actions: calls.length,
    stopped_ms: stoppedMs,
    moved_after_stop: moved,
    elapsed_ms: elapsed,
  };
}
