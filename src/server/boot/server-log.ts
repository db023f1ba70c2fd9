// The server's log: one line each, with the time. What can't be logged is dropped; a full disk stops no answer.
import { appendFile } from 'node:fs';

export function createLog(path: string, also: ((line: string) => void) | null): (line: string) => void {
  return (line) => {
    const text = `${new Date().toISOString()} ${line.replace(/[\r\n]+/g, ' | ')}`;
    also?.(text);
    appendFile(path, `${text}\n`, { mode: 0o600 }, () => undefined);
  };
}
