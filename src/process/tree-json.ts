// The handle of a process tree as JSON, as it is kept in the store and in a run's folder: one form, so that whoever finds either can
// stop the tree. Text that is not exactly that is no handle.
import { isRecord, parseObject } from '../core/json-object.ts';
import type { ProcessId } from './process-id.ts';
import type { TreeHandle } from './tree-handle.ts';

/** `{"root":{"pid","start_ticks","boot_id"},"marker"}` */
export function formatTreeJson({ root, marker }: TreeHandle): string {
  return JSON.stringify({ root: toFields(root), marker });
}

export function parseTreeJson(text: string): TreeHandle | null {
  const value = parseObject(text);
  const root = fromFields(value?.['root']);
  const marker = value?.['marker'];
  if (root === null || typeof marker !== 'string' || !/^[^=\0]+=[^\0]+$/.test(marker)) return null;
  return { root, marker };
}

/** `{"pid","start_ticks","boot_id"}` */
export function formatProcessJson(id: ProcessId): string {
  return JSON.stringify(toFields(id));
}

export function parseProcessJson(text: string): ProcessId | null {
  return fromFields(parseObject(text));
}

function toFields({ pid, startTicks, bootId }: ProcessId): Readonly<Record<string, unknown>> {
  return { pid, start_ticks: startTicks, boot_id: bootId };
}

function fromFields(value: unknown): ProcessId | null {
  if (!isRecord(value)) return null;
  const { pid, start_ticks: startTicks, boot_id: bootId } = value;
  if (!isCount(pid) || pid < 2 || !isCount(startTicks) || typeof bootId !== 'string') return null;
  return { pid, startTicks, bootId };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
