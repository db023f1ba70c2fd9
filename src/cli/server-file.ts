// What the server wrote of itself when it began to listen; the file may outlive it, so it only says where to try.
import { readFileSync } from 'node:fs';
import type { ServerFile } from '../config/entry.ts';
import type { Project } from './project.ts';

export function readServerFile(project: Project): ServerFile | null {
  let text: string;
  try {
    text = readFileSync(project.state.serverFile, 'utf8');
  } catch {
    // Unreadable and missing mean the same here: there is no server to be asked.
    return null;
  }
  return parse(text);
}

function parse(text: string): ServerFile | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('port' in value) || !('pid' in value)) return null;
    const { port, pid } = value;
    return Number.isSafeInteger(port) && Number.isSafeInteger(pid) ? (value as ServerFile) : null;
  } catch {
    return null;
  }
}
