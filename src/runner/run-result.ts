// How starting a run can go, and how a run can end, for the command that started it.
import type { Tier } from '../core/audit/event.ts';
import type { OperationError } from '../core/fault.ts';
import type { Problem } from './link/problem.ts';

export type RunStatus = 'succeeded' | 'failed' | 'timed_out' | 'killed' | 'over_budget' | 'lost';

export interface RunResult {
  readonly runId: string;
  readonly status: RunStatus;
  readonly reason: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Processes that still ran when the agent's first one had ended; they were ended. */
  readonly leftBehind: number;
  /** Processes that could not be ended: 0 but for what this user may not signal. */
  readonly survivors: number;
  /** The server has acknowledged the end. If not, the watchdog finds the run lost and books what was reserved. */
  readonly isRecorded: boolean;
  /** What was reserved and not booked at its end, as far as the runner was told. */
  readonly openMicroUsd: number;
}

export interface RunHandle {
  readonly runId: string;
  readonly agentId: string;
  readonly runDir: string;
  readonly transcriptFile: string;
  readonly gatewayUrl: string;
  readonly tier: Tier;
  /** Why it is no more than advisory; null when confined. */
  readonly tierReason: string | null;
  /** Its model calls go out with a login of the agent's own. */
  readonly keyInAgent: boolean;
  /** Each of its tool calls asks first; else only what it proposes or asks about by itself is decided. */
  readonly isGated: boolean;
  /** Resolves when nothing of the run is left; never rejects but for a bug. */
  readonly ended: Promise<RunResult>;
  /** Asks the tree to end, and kills what lives after the grace. A frozen tree is killed at once. */
  end(reason: string): void;
  kill(reason: string): void;
}

export type StartResult =
  | { readonly result: 'started'; readonly run: RunHandle }
  | ({ readonly result: 'refused'; readonly status: number } & Problem)
  | { readonly result: 'unreachable'; readonly why: string; readonly mayHaveArrived: boolean }
  /** Registered, but the agent could not be started; the run is recorded as failed. */
  | { readonly result: 'not_started'; readonly runId: string; readonly fault: OperationError };
