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
  readonly #held = new Set<string>();

  onHeld(proposalId: string): void {
    this.#held.add(proposalId);
  }

  /** Whether it is to be told: that one waits was said already, and what a rule denied at once was told with the rule and its reasons. */
  onProposal(proposalId: string, status: string): boolean {
    if (REFUSED.has(status)) this.refused += 1;
    return status !== 'pending' && (status !== 'denied' || this.#held.has(proposalId));
  }
}

export interface Interrupts {
  started(run: RunHandle): void;
  close(): void;
}

const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ctrl-C once asks the run to end, twice kills it. What is only being started is ended when it has begun, since a start that breaks off
 * half-way leaves a run behind that is later found to be lost; once more breaks it off all the same.
 */
export function interruptsOf(tell: (text: string) => void): Interrupts {
  const asked: NodeJS.Signals[] = [];
  let live: RunHandle | null = null;
  const end = (run: RunHandle): void => {
    const interrupts = asked.filter((signal) => signal === 'SIGINT').length;
    if (interrupts === 0) run.end(`the runner was asked to end with ${asked[0]}`);
    else if (interrupts === 1) {
      tell('ending the run; once more kills it');
      run.end('ended with Ctrl-C');
    } else {
      tell('killing the run');
      run.kill('killed with Ctrl-C');
    }
  };
  const hear = (signal: NodeJS.Signals): void => {
    asked.push(signal);
    if (live !== null) end(live);
    else if (asked.length === 1) tell('ending it as soon as it has started; once more breaks the start off');
    else {
      close();
      process.kill(process.pid, signal);
    }
  };
  const close = (): void => {
    for (const signal of STOPS) process.off(signal, hear);
  };
  for (const signal of STOPS) process.on(signal, hear);
  return {
    started(run) {
      live = run;
      if (asked.length > 0) end(run);
    },
    close,
  };
}
