// What it takes to find a process tree again, from any process and after any crash of ours.
import type { ProcessId } from './process-id.ts';

export interface TreeHandle {
  readonly root: ProcessId;
  /** A `NAME=value` environment entry that every process of the tree inherits, and no other has. */
  readonly marker: string;
}
