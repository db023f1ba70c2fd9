// A state with accepted rules, runs with real trees and runners, and the watchdog as a process of its own. The test's process plays the
// server: it commits what the agents would do.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { runLayout, type StateLayout, stateLayout } from '../../src/config/state-layout.ts';
import { prepareStopMark } from '../../src/config/stop-marker.ts';
import { microUsd } from '../../src/core/ledger/money.ts';
import type { Rules } from '../../src/core/rules/rules.ts';
import { acceptRules } from '../../src/governor/accept-rules.ts';
import { createState } from '../../src/governor/create-state.ts';
import { createGovernor, type Governor } from '../../src/governor/governor.ts';
import { decideProposal } from '../../src/governor/proposal/decide.ts';
import { submitProposal } from '../../src/governor/proposal/submit.ts';
import { attachTree } from '../../src/governor/run/attach-tree.ts';
import { registerRun } from '../../src/governor/run/register-run.ts';
import { checkToolCall } from '../../src/governor/tool/check-tool-call.ts';
import { keepToolResult } from '../../src/governor/tool/keep-result.ts';
import {
  formatProcessJson,
  formatTreeJson,
  identify,
  killTree,
  spawnTree,
  type TreeHandle,
} from '../../src/process/entry.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { findEvents } from '../../src/store/read/events.ts';
import { type RunRow, readRun } from '../../src/store/read/runs.ts';
import { PROJECT_ID, PROJECT_TOML, projectOf, rulesOf } from '../config/bundle-of.ts';
import { submission } from '../governor/acts.ts';
import { registration } from '../governor/inputs.ts';

const root = resolve(import.meta.dirname, '../..');
const FIXTURES = join(root, 'test/fixtures/watchdog');
const built = join(root, 'node_modules/.cache', `watchdog-test-${process.pid}`);
const PATH = process.env['PATH'] ?? '/usr/bin:/bin';

const AGENT_TOML = 'adapter = "command"\ncommand = ["true"]\nconcurrent = 100\n[tools]\nallow = ["Bash"]\n';
export const WATCH_TOML = '[runs]\nconcurrent = 100\n[watchdog]\nrepeat = { pause = 3 }\n';

/** Call at the top of a file: bundles the processes and cleans up after each test. */
export function useWatchdog(): void {
  beforeAll(async () => {
    await build({
      entryPoints: ['watchdog', 'runner'].map((name) => join(FIXTURES, `${name}.ts`)),
      outdir: built,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'warning',
    });
  });
  afterEach(async () => {
    for (const state of states.splice(0)) await state.end();
  });
  afterAll(() => rmSync(built, { recursive: true, force: true }));
}

export interface Started {
  readonly process: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<void>;
}

export interface GovernedRun {
  readonly id: string;
  readonly dir: string;
  readonly tree: TreeHandle;
  readonly runner: Started;
  /** Bytes that its five processes have written, in all. */
  written(): number;
  row(): RunRow;
}

const states: Governed[] = [];

export class Governed {
  readonly layout: StateLayout;
  readonly store: Store;
  readonly governor: Governor;
  readonly #scratch = mkdtempSync(join(tmpdir(), 'watchdog-test-'));
  readonly #started: Started[] = [];
  readonly #trees: TreeHandle[] = [];

  constructor(
    options: { readonly projectToml?: string; readonly agentToml?: string; readonly stateDir?: string } = {},
  ) {
    const dir = options.stateDir ?? join(this.#scratch, 'state');
    mkdirSync(dir, { recursive: true });
    this.layout = stateLayout(dir);
    const texts = {
      'governed.toml': PROJECT_TOML + (options.projectToml ?? WATCH_TOML),
      'agents/noop/agent.toml': AGENT_TOML + (options.agentToml ?? ''),
    };
    const rules: Rules = rulesOf(texts);
    this.store = openStore(this.layout.store, { mode: 'create', busyMs: 1_000 });
    this.governor = createGovernor({
      store: this.store,
      clock: Date.now,
      random: randomBytes,
      rulesOf: () => rules,
    });
    const files = [...projectOf(texts).files].map(([path, { bytes }]) => ({
      path,
      executable: 0,
      content: bytes,
    }));
    this.governor.commitNow((tx) => {
      createState(tx, PROJECT_ID);
      acceptRules(tx, { hash: rules.hash, files, actor: { kind: 'operator', id: null } });
    });
    prepareStopMark(dir);
    states.push(this);
  }

  /** Puts rules in force that nobody can parse; our own governor goes on with the others. */
  acceptBroken(): void {
    const files = [{ path: 'governed.toml', executable: 0, content: Buffer.from('[project') }];
    const actor = { kind: 'operator', id: null } as const;
    this.governor.commitNow((tx) => acceptRules(tx, { hash: 'f'.repeat(64), files, actor }));
  }

  async startWatchdog(endsAfterMs?: number): Promise<Started> {
    const ends = endsAfterMs === undefined ? [] : [String(endsAfterMs)];
    const watchdog = this.#start('watchdog', this.layout.dir, ...ends);
    await until(() => watchdog.lines.length > 0, 'the watchdog says something');
    return watchdog;
  }

  async newRun(
    options: { readonly agentId?: string; readonly runUsdCap?: number } = {},
  ): Promise<GovernedRun> {
    const agentId = options.agentId ?? 'noop';
    const beat = join(this.layout.dir, `runner-${randomBytes(4).toString('hex')}`);
    const runner = this.#start('runner', beat);
    await until(() => runner.lines.length > 0, 'the runner beats');
    const runnerId = identify(runner.process.pid ?? 0);
    if (runnerId === undefined) throw new Error('the runner is gone');
    const registered = this.governor.commitNow((tx) =>
      registerRun(
        tx,
        registration({
          agentId,
          runUsdCap: options.runUsdCap === undefined ? null : microUsd(options.runUsdCap),
          runner: formatProcessJson(runnerId),
          secretHash: randomBytes(32).toString('hex'),
        }),
      ),
    );
    if (registered.result !== 'registered') throw new Error(registered.detail);
    const id = registered.runId;
    const layout = runLayout(this.layout, id);
    prepareStopMark(layout.dir);
    // The stand-in has beaten elsewhere until its run had an id.
    linkSync(beat, layout.runnerBeat);
    const folder = join(this.#scratch, id);
    mkdirSync(folder);
    const spawned = await spawnTree({
      command: ['sh', join(FIXTURES, 'five.sh'), folder],
      cwd: folder,
      env: { PATH },
      marker: `GOVERNED_RUN_ID=${id}`,
    });
    spawned.stdout.resume();
    spawned.stderr.resume();
    const tree = spawned.handle;
    this.#trees.push(tree);
    writeFileSync(layout.tree, formatTreeJson(tree));
    this.governor.commitNow((tx) => attachTree(tx, { runId: id, tree: formatTreeJson(tree) }));
    const run: GovernedRun = {
      id,
      dir: layout.dir,
      tree,
      runner,
      written: () => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
      row: () => {
        const row = readRun(this.store, id);
        if (row === null) throw new Error(`the run ${id} is not in the store`);
        return row;
      },
    };
    await until(() => readdirSync(folder).length === 5, 'all five processes write');
    return run;
  }

  /** What the agent of a run does. */
  call(run: GovernedRun, input: unknown, tool = 'Bash'): string {
    const checked = this.governor.commitNow((tx) =>
      checkToolCall(tx, {
        runId: run.id,
        actor: { kind: 'agent', id: 'noop' },
        tool,
        input: { command: input },
        agentDir: '/nowhere',
      }),
    );
    if (checked.result !== 'checked') throw new Error(checked.detail);
    return checked.toolCallId;
  }

  /** A tool call that ran, and how it came out. */
  ran(run: GovernedRun, input: unknown, ok: boolean): void {
    const toolCallId = this.call(run, input);
    const actor = { kind: 'agent', id: 'noop' } as const;
    const kept = this.governor.commitNow((tx) =>
      keepToolResult(tx, { runId: run.id, toolCallId, ok, result: null, actor }),
    );
    if (kept.result === 'refused') throw new Error(kept.detail);
  }

  /** Proposes something for a run and approves it; nobody carries it out. */
  approve(run: GovernedRun): string {
    const submitted = this.governor.commitNow((tx) =>
      submitProposal(tx, submission(run.id, { payload: { nonce: randomBytes(8).toString('hex') } })),
    );
    if (submitted.result !== 'submitted') throw new Error(submitted.detail);
    const { id, payload_hash: payloadHash } = submitted.proposal;
    const actor = { kind: 'operator', id: null } as const;
    const given = { decision: 'approve', note: null, final: false, actor, via: 'cli' } as const;
    this.governor.commitNow((tx) => decideProposal(tx, { proposalId: id, payloadHash, ...given }));
    return id;
  }

  /** Payloads of a run's events of one type, the newest first. */
  payloads(eventType: string, runId?: string): readonly Record<string, unknown>[] {
    const rows = findEvents(this.store, { eventType, runId, limit: 100 });
    return rows.map((row) => JSON.parse(row.payload ?? '{}') as Record<string, unknown>);
  }

  /** What the processes of this state have said so far. */
  said(): readonly string[] {
    return this.#started.flatMap(({ lines }) => lines);
  }

  async end(): Promise<void> {
    for (const { process: child } of this.#started) child.kill('SIGKILL');
    for (const tree of this.#trees) await killTree(tree);
    this.store.close();
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  #start(name: 'watchdog' | 'runner', ...args: string[]): Started {
    const child = spawn(process.execPath, [join(built, `${name}.mjs`), ...args], { stdio: 'pipe' });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trimEnd().split('\n')));
    }
    const ended = new Promise<void>((done) => {
      child.once('close', () => done());
    });
    const started = { process: child, lines, ended };
    this.#started.push(started);
    return started;
  }
}

export async function until(isSo: () => boolean, what: string, limitMs = 15_000): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!isSo()) {
    if (Date.now() > deadlineMs) {
      const said = states.flatMap((state) => state.said());
      throw new Error([`Waited in vain until ${what}.`, ...said].join('\n'));
    }
    await delay(10);
  }
}

export async function standsStill(run: GovernedRun): Promise<boolean> {
  const before = run.written();
  await delay(300);
  return run.written() === before;
}

export async function untilGrows(run: GovernedRun): Promise<void> {
  const before = run.written();
  await until(() => run.written() > before + 20, `${run.id} goes on`);
}
