// The demo's throwaway project: its folder and its state lie under one temporary folder that is removed at the end.
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { packageRoot, temporaryFolder } from '../../config/entry.ts';
import { newId } from '../../core/id.ts';

export interface DemoProject {
  readonly root: string;
  readonly dir: string;
  readonly id: string;
  /** Set as GOVERNED_STATE_HOME for every command of the demo. */
  readonly stateHome: string;
  readonly stateDir: string;
  readonly port: number;
  remove(): void;
}

export async function makeDemoProject(worldUrl: string, random: Uint8Array): Promise<DemoProject> {
  const root = mkdtempSync(join(temporaryFolder(), 'governed-demo-'));
  const dir = join(root, 'project');
  const stateHome = join(root, 'state');
  const projectId = newId('prj', Date.now(), random);
  const port = await freePort();
  cpSync(join(packageRoot(), 'templates', 'demo'), dir, { recursive: true });
  const settings = join(dir, 'governed.toml');
  const filled = readFileSync(settings, 'utf8')
    .replace('prj_00000000000000000000000000', projectId)
    .replace('port = 8005', `port = ${port}`)
    .replace('http://127.0.0.1:1"', `${worldUrl}"`);
  writeFileSync(settings, filled);
  writeFileSync(join(dir, 'mail-server.url'), worldUrl);
  return {
    root,
    dir,
    id: projectId,
    stateHome,
    stateDir: join(stateHome, projectId),
    port,
    remove: () => removeWhole(root),
  };
}

/** Accepted folders are read-only for their owner too. */
function removeWhole(root: string): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o700);
  }
  rmSync(root, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return address.port;
}
