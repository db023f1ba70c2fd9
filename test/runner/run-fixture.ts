// Runs an agent under a scripted server, in a throwaway state, with a heartbeat in the watchdog's place.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StateLayout, stateLayout } from '../../src/config/state-layout.ts';
import { type Beat, startBeat } from '../../src/process/entry.ts';
import type { RunHandle, RunObserver, RunState, StartResult } from '../../src/runner/entry.ts';
import { runAgent } from '../../src/runner/entry.ts';
import type { WireLaunch } from '../../src/server/wire/run.ts';
import { bringFinding, keepFinding } from '../shared-finding.ts';
import { type FakeServer, launchOf, RUN_ID, RUN_SECRET, startFakeServer } from './fake-server.ts';

export interface RunFixture {
  readonly dir: string;
  readonly workspace: string;
  readonly state: StateLayout;
  server: FakeServer;
  readonly states: RunState[];
  readonly lines: { stream: string; text: string }[];
  readonly notices: string[];
  beat: Beat | null;
  try(
    command: readonly string[],
    launch?: Partial<WireLaunch>,
    env?: Record<string, string>,
  ): Promise<StartResult>;
  start(
    command: readonly string[],
    launch?: Partial<WireLaunch>,
    env?: Record<string, string>,
  ): Promise<RunHandle>;
  transcript(): { ts: string; stream: string; text: string }[];
  close(): Promise<void>;
}

export async function openRunFixture(): Promise<RunFixture> {
  const dir = mkdtempSync(join(tmpdir(), 'runner-test-'));
  const state = stateLayout(join(dir, 'state'));
  const workspace = join(dir, 'workspace');
  mkdirSync(workspace);
  mkdirSync(state.runs, { recursive: true });
  bringFinding(state.confinement);
  const runs: RunHandle[] = [];
  const observer: RunObserver = {
    onLine: (stream, text) => fixture.lines.push({ stream, text }),
    onState: (one) => fixture.states.push(one),
    onNotice: (notice) => fixture.notices.push(notice),
  };
  const fixture: RunFixture = {
    dir,
    workspace,
    state,
    server: await startFakeServer(state.serverFile),
    states: [],
    lines: [],
    notices: [],
    beat: startBeat(state.watchdogBeat, { everyMs: 100, onFault: () => undefined }),
    async try(command, launch = {}, env = {}) {
      fixture.server.registered ??= {
        run_id: RUN_ID,
        run_secret: RUN_SECRET,
        agent_id: 'noop',
        agent_version: 'v',
        rules_hash: 'r',
        tier: 'advisory',
        tier_reason: 'the test says so',
        run_dir: join(state.runs, RUN_ID),
        launch: launchOf({ command, cwd: workspace, ...launch }),
      };
      const started = await runAgent({
        state,
        projectDir: dir,
        runnerToken: 'grn_token',
        agentId: 'noop',
        env,
        observer,
      });
      if (started.result === 'started') runs.push(started.run);
      return started;
    },
    async start(...args) {
      const started = await fixture.try(...args);
      if (started.result !== 'started') throw new Error(JSON.stringify(started));
      return started.run;
    },
    transcript: () =>
      readFileSync(join(state.runs, RUN_ID, 'transcript.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { ts: string; stream: string; text: string }),
    async close() {
      for (const run of runs) {
        run.kill('the test is over');
        await run.ended;
      }
      fixture.beat?.stop();
      await fixture.server.close();
      keepFinding(state.confinement);
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return fixture;
}

/** The root of the recorded tree. */
export function rootPidOf(runDir: string): number {
  const tree = JSON.parse(readFileSync(join(runDir, 'tree.json'), 'utf8')) as { root: { pid: number } };
  return tree.root.pid;
}

export function rootPid(fixture: RunFixture): number {
  return rootPidOf(join(fixture.state.runs, RUN_ID));
}

/** T when it is stopped; empty when it is gone. */
export function processState(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] ?? '';
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
