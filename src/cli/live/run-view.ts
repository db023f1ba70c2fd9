// What watches a run on behalf of whoever started it, on a terminal or not.
import type { RunHandle, RunObserver } from '../../runner/entry.ts';

export interface RunView {
  readonly observer: RunObserver;
  started(run: RunHandle): void;
  spentMicroUsd(): number;
  /** A proposal of this run was rejected, denied or expired. */
  wasRefused(): boolean;
  close(): void;
}

const REFUSED = new Set(['rejected', 'denied', 'expired']);

/** What every view counts. */
export class RunCounts {
  spentMicroUsd = 0;
  refused = 0;

  onProposal(status: string): void {
    if (REFUSED.has(status)) this.refused += 1;
  }
}

/** Ctrl-C once asks the run to end, twice kills it. Answers how to stop listening. */
export function onInterrupt(run: RunHandle, tell: (text: string) => void): () => void {
  let asked = 0;
  const interrupt = (): void => {
    asked += 1;
    if (asked === 1) {
      tell('ending the run; once more kills it');
      run.end('ended with Ctrl-C');
    } else {
      tell('killing the run');
      run.kill('killed with Ctrl-C');
    }
  };
  const terminate = (): void => run.end('the runner was asked to end');
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  process.on('SIGHUP', terminate);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', terminate);
    process.off('SIGHUP', terminate);
  };
}
