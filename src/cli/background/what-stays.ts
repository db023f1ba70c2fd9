// What is left when a server has ended: runs go on without it, and not without their watchdog.
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../process/entry.ts';
import { type Output, warn } from '../output.ts';
import type { Project } from '../project.ts';
import { liveRuns, watchdogOf } from './down.ts';

/** The server tells its watchdog to end, and waits for nobody. */
const WATCHDOG_LIMIT_MS = 1_500;

export async function tellWhatStays(project: Project, output: Output): Promise<void> {
  const live = liveRuns(project);
  const lives = await watchdogLives(project, live > 0 ? 0 : WATCHDOG_LIMIT_MS);
  const ended = `${output.paintErr.green('✓')} ended: the server`;
  if (live === 0) {
    output.note(lives ? ended : `${ended}; no run is live, and no watchdog stays`);
    if (lives)
      output.note(
        '  a watchdog that it did not start is still there: one of an earlier server ends by itself, any other with `governed-agents down`',
      );
    return;
  }
  output.note(ended);
  const runs = live === 1 ? '1 run is live' : `${live} runs are live`;
  const them = live === 1 ? 'it' : 'them';
  if (lives)
    warn(
      output,
      `${runs}, and the watchdog stays with ${them}: \`governed-agents serve\` takes ${them} up again, \`governed-agents down\` ends the watchdog too, and ${them === 'it' ? 'the run freezes' : 'the runs freeze'}`,
    );
  else
    warn(output, `${runs}, and frozen while there is no watchdog: \`governed-agents up\` lets ${them} go on`);
}

async function watchdogLives(project: Project, patienceMs: number): Promise<boolean> {
  for (const untilMs = performance.now() + patienceMs; ; await delay(20)) {
    const watchdog = watchdogOf(project);
    const lives = watchdog !== null && isAlive(watchdog);
    if (!lives || performance.now() >= untilMs) return lives;
  }
}
