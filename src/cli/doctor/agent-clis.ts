// The agent programs on the PATH with their versions.

import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { isProgram } from '../../process/entry.ts';
import { type Finding, ok, worthKnowing } from './finding.ts';

/** What each can be held to; docs/agent-clis.md says more. */
const AGENT_CLIS = {
  claude: 'metered and gated',
  codex: 'metered and gated',
  opencode: 'metered only, as adapter = "command"',
  gemini: 'not metered: it speaks none of the gateway’s APIs',
} as const;
const VERSION_LIMIT_MS = 5_000;

export async function findAgentClis(): Promise<readonly Finding[]> {
  return Promise.all(
    Object.entries(AGENT_CLIS).map(async ([name, held]) => {
      const path = onPath(name);
      if (path === null) return worthKnowing(name, 'not on the PATH');
      return ok(name, `${(await versionOf(path)) ?? 'gives no version'}, ${path}; ${held}`);
    }),
  );
}

export function onPath(name: string): string | null {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(dir, name);
    if (dir !== '' && isProgram(path)) return path;
  }
  return null;
}

function versionOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { timeout: VERSION_LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 } as const;
    const child = execFile(path, ['--version'], options, (error, stdout) => {
      const line = stdout.split('\n')[0]?.trim() ?? '';
      resolve(error !== null || line === '' ? null : line);
    });
    child.stdin?.end();
  });
}
