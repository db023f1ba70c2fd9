// What the server wrote of itself when it began to listen; the file may outlive it, so it only says where to try.
import { readFileSync } from 'node:fs';
import { fieldsOf, parseObject } from '../core/json-object.ts';
import type { StateLayout } from './state-layout.ts';

export interface ServerFile {
  readonly pid: number;
  readonly start_ticks: number;
  readonly boot_id: string;
  readonly port: number;
  readonly started_at: string;
  readonly version: string;
}

export function readServerFile({ serverFile }: StateLayout): ServerFile | null {
  const file = parseObject(textOf(serverFile));
  const { port, pid } = fieldsOf(file);
  return Number.isSafeInteger(port) && Number.isSafeInteger(pid) ? (file as unknown as ServerFile) : null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Unreadable and missing mean the same here: there is no server to be asked.
    return '';
  }
}
