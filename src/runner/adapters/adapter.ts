// What an adapter makes of an agent: the program to start, and, for an agent CLI, the conversation over its pipes in which every
// tool call is asked for before it runs.
import type { Readable, Writable } from 'node:stream';

export interface AgentProgram {
  readonly command: readonly string[];
  /** Beside what every agent is given; the run's own variables can't be replaced. */
  readonly env: Readonly<Record<string, string>>;
  /** Null: the task goes to its stdin and its output is its own. */
  readonly conversation: Conversation | null;
}

/** How the program itself says it ended. */
export interface Verdict {
  readonly status: 'succeeded' | 'failed';
  readonly reason: string;
  /** What it says it spent, by its own prices; null when it does not say. */
  readonly claimedMicroUsd: number | null;
  /** What it says it used, where it names tokens and no price. */
  readonly claimedTokens: number | null;
}

export interface Conversation {
  /** Call it before anything was read of stdout. */
  begin(pipes: { readonly stdin: Writable; readonly stdout: Readable }): void;
  /** Nothing more comes: resolves when what was heard is with the server. */
  finish(): Promise<void>;
  /** Null when the program has not said how it ended. */
  verdict(): Verdict | null;
}
