// What an agent that turned hostile could do today, found by trying it in a throwaway process of the same user, started with no more
// than a run is given. Nothing that is tried changes anything.
import { join } from 'node:path';
import { homeFolder, readServerFile } from '../../config/entry.ts';
import { runProgram } from '../../process/entry.ts';
import { ownCommand } from '../own-binary.ts';
import type { Project } from '../project.ts';

export interface Reach {
  readonly what: string;
  /** Null: there was nothing to try it on. */
  readonly can: boolean | null;
  readonly detail: string;
}

/** What the throwaway process is told to try. */
export interface Targets {
  readonly home: string | null;
  readonly operatorToken: string | null;
  readonly store: string | null;
  readonly server: { readonly pid: number; readonly port: number } | null;
}

const LIMIT_MS = 10_000;

export async function reachOfAnAgent(project: Project | null): Promise<readonly Reach[]> {
  const file = project === null ? null : readServerFile(project.state);
  const targets: Targets = {
    home: homeFolder(process.env),
    operatorToken: project === null ? null : join(project.state.keys, 'operator.token'),
    store: project?.state.store ?? null,
    server: file === null ? null : { pid: file.pid, port: file.port },
  };
  const tried = await runProgram({
    command: ownCommand(['doctor', '--try-as-agent']),
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    marker: `GOVERNED_DOCTOR=${process.pid}`,
    stdin: JSON.stringify(targets),
    timeLimitMs: LIMIT_MS,
  });
  if (tried.result === 'exited' && tried.exitCode === 0) return JSON.parse(tried.stdout) as Reach[];
  const detail =
    tried.result === 'not_started' ? tried.fault.message : `the process that tries ended: ${tried.result}`;
  return [{ what: 'try anything', can: null, detail }];
}
