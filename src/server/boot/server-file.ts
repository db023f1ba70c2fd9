// Says who serves and on which port, for the commands that look for the server; gone when it ends by itself.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readServerFile, type ServerFile, type StateLayout } from '../../config/entry.ts';
import { identify } from '../../process/entry.ts';

export function writeServerFile(
  layout: StateLayout,
  said: { readonly port: number; readonly startedAtMs: number; readonly version: string },
): void {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('this process could not be found among those that live');
  const file: ServerFile = {
    pid: own.pid,
    start_ticks: own.startTicks,
    boot_id: own.bootId,
    port: said.port,
    started_at: new Date(said.startedAtMs).toISOString(),
    version: said.version,
  };
  const temporary = `${layout.serverFile}.${own.pid}`;
  writeFileSync(temporary, `${JSON.stringify(file)}\n`, { mode: 0o600 });
  renameSync(temporary, layout.serverFile);
}

export function removeServerFile(layout: StateLayout): void {
  if (readServerFile(layout)?.pid === process.pid) rmSync(layout.serverFile, { force: true });
}
