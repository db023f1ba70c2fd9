// Looks now and then whether the trees are as they should be: one that somebody let go on is frozen again, and one that stands still
// though nobody wants that (whoever resumed it died on the way) is let go on, after long enough for a stop to reach the store.
import { lookAtTrees } from './look-at-trees.ts';
import type { Notices } from './notices.ts';
import { letRun, type Stopper } from './stop.ts';
import { nameOf, shouldStandStill, type WatchedRun } from './watched-run.ts';

const STRAY_STOP_LIMIT_MS = 10_000;

export function auditTrees(runs: readonly WatchedRun[], stopper: Stopper, notices: Notices): void {
  const audited = runs.flatMap((run) => (run.tree === null || run.ending ? [] : [{ run, tree: run.tree }]));
  const found = lookAtTrees(audited.map(({ tree }) => tree));
  audited.forEach(({ run }, index) => {
    const members = found[index] ?? [];
    if (shouldStandStill(run)) {
      if (members.some(({ stopped }) => !stopped)) run.stopped = false;
      return;
    }
    if (members.length === 0 || members.some(({ stopped }) => !stopped)) {
      run.strayStopSinceMs = null;
      return;
    }
    run.strayStopSinceMs ??= performance.now();
    if (performance.now() - run.strayStopSinceMs < STRAY_STOP_LIMIT_MS) return;
    notices.say(`${nameOf(run)} stands still, and nobody paused it`);
    letRun(run, notices);
  });
  stopper.enforce(runs);
}
