// What a run tells whoever watches it while it lives. Text is the agent's own, byte for byte but for invalid UTF-8: who shows it to a
// terminal makes control characters harmless first.
import type { WireSettled } from '../server/wire/run.ts';
import type { HeldProposal } from './gateway/notice-verdict.ts';

export type RunState =
  | { readonly state: 'running' }
  | { readonly state: 'held' }
  | { readonly state: 'paused'; readonly reason: string }
  /** Frozen because the watchdog is gone; lifts itself when it is back. */
  | { readonly state: 'missing_supervisor'; readonly reason: string }
  | { readonly state: 'ending'; readonly reason: string };

export interface RunObserver {
  /** The server has it, under the rules that are in force now: later ones are not this run's. */
  onRegistered?(): void;
  onLine?(stream: 'stdout' | 'stderr', text: string): void;
  /** What a command writes to stdout, as it comes, beside `onLine`; nothing of an agent CLI. */
  onOutput?(chunk: Buffer): void;
  /** What an agent CLI said, as it said it; `onLine` then gets what it means to a person. */
  onMessage?(message: Readonly<Record<string, unknown>>): void;
  /**
   * Null: it goes on. Else whoever reads what the stream's lines, output and messages are shown on does not keep up, and nothing more of it
   * is read until this resolves: the agent waits as it would for a pipe that is full.
   */
  whenTaken?(stream: 'stdout' | 'stderr'): Promise<void> | null;
  /** A proposal of this run waits for a person. */
  onHeld?(held: HeldProposal): void;
  /** A proposal of this run was decided, expired or cancelled. */
  onProposal?(proposal: { readonly proposalId: string; readonly status: string }): void;
  onState?(state: RunState): void;
  onSpend?(settled: WireSettled): void;
  /** Whether the server can be reached, when that changes. */
  onReachable?(isReachable: boolean): void;
  /** Something about the run that a person should know, and that does not stop it. */
  onNotice?(message: string): void;
}
