// How long a runaway lives: from the third identical action, sent to the run's gateway, until the last of five processes stands still;
// and from the kill switch until the last process of fifty agents is gone. Server, watchdog and runner are the real processes.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Beat, listTrees, type SpawnedTree, spawnTree, startBeat } from '../../src/process/entry.ts';
import { eventually, Scenario } from '../scenario/harness.ts';
import { registerRun } from '../scenario/load.ts';
import { isGone, isStopped, untilEach } from '../scenario/process-state.ts';
import { type Figure, median, percentile } from './ratio.ts';

const LOOPS = 100;
const KILL_ROUNDS = 10;
const AGENTS = 50;

/**
 * Has four children, tells where its gateway is, and waits: the benchmark speaks in its place, so that one clock measures. Unconfined, since
 * nobody outside of a jail reaches its gateway.
 */
const AGENT = `import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
const children = Array.from({ length: 4 }, () => spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }));
const ready = { gateway: process.env.GOVERNED_GATEWAY, pids: [process.pid, ...children.map((child) => child.pid)] };
writeFileSync('ready.new', JSON.stringify(ready));
renameSync('ready.new', 'ready.json');
setInterval(() => {}, 1000);
`;

export async function stopFigures(): Promise<Figure[]> {
  const scenario = await Scenario.create((made) => {
    made.write('agents/looper/agent.mjs', AGENT);
    made.write(
      'agents/looper/agent.toml',
      'adapter = "command"\ncommand = ["node", "agent.mjs"]\n[env]\npass = ["PATH"]\n[tools]\nallow = ["Bash"]\n[confine]\nmode = "off"\n',
    );
    made.write('agents/crowd/agent.toml', 'adapter = "command"\ncommand = ["true"]\nconcurrent = 1000\n');
    const settings = made.read('governed.toml');
    made.write(
      'governed.toml',
      settings
        .replace(/^repeat = .*$/m, 'repeat = { pause = 3 }')
        .replace('concurrent = 4', 'concurrent = 1000'),
    );
  });
  try {
    await scenario.serve();
    const loops = await measureLoops(scenario);
    const kills = await measureKillSwitch(scenario);
    return [
      ...figuresOf('third identical action to the last of 5 processes stopped', loops),
      ...figuresOf(`kill switch to the last process of ${AGENTS} agents gone`, kills),
    ];
  } finally {
    await scenario.close();
  }
}

function figuresOf(name: string, times: readonly number[]): Figure[] {
  const note = `${times.length} times`;
  return [
    { name: `${name}, p50`, value: median(times), unit: 'ms', note },
    { name: `${name}, p99`, value: percentile(times, 0.99), unit: 'ms', bound: { at: 'most', value: 100 } },
  ];
}

async function measureLoops(scenario: Scenario): Promise<number[]> {
  scenario.start(['run', 'looper']);
  const file = join(scenario.dir, 'agents/looper/workspace/ready.json');
  await eventually(() => (existsSync(file) ? true : null), 'the looper');
  const { gateway, pids } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly gateway: string;
    readonly pids: readonly number[];
  };
  const times: number[] = [];
  for (let loop = 0; loop < LOOPS; loop += 1) {
    await act(gateway, loop);
    await act(gateway, loop);
    const sentMs = performance.now();
    const third = act(gateway, loop);
    times.push(await untilEach(pids, isStopped, sentMs));
    await third;
    await paused(scenario);
    const resumed = await scenario.asOperator('POST', '/agents/looper/resume', {});
    if (resumed.status !== 200) throw new Error(JSON.stringify(resumed.body));
    await untilEach(pids, (pid) => !isStopped(pid), performance.now());
  }
  return times;
}

/** The pause is in the record a moment after the tree stands still, and only then can it be lifted. */
function paused(scenario: Scenario): Promise<true> {
  return eventually(async () => {
    const { body } = await scenario.asOperator('GET', '/agents');
    const items = body['items'] as { readonly agent_id: string; readonly status: string }[];
    return items.some((agent) => agent.agent_id === 'looper' && agent.status === 'paused') ? true : null;
  }, 'the pause of the looper');
}

async function act(gateway: string, loop: number): Promise<void> {
  const response = await fetch(`${gateway}/tool-calls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tool: 'Bash', input: { command: `make ${loop}` } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`a tool call was answered ${response.status}: ${text}`);
}

async function measureKillSwitch(scenario: Scenario): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const crowd = await Promise.all(Array.from({ length: AGENTS }, () => joinCrowd(scenario)));
    const pids = listTrees(crowd.map(({ tree }) => tree.handle)).flatMap((members) =>
      members.map(({ pid }) => pid),
    );
    if (pids.length < AGENTS * 3) throw new Error(`only ${pids.length} processes of ${AGENTS} agents live`);
    const startedMs = performance.now();
    const on = scenario.asOperator('POST', '/admin/kill-switch', { on: true, reason: 'a benchmark' });
    times.push(await untilEach(pids, isGone, startedMs));
    await on;
    for (const { beat } of crowd) beat.stop();
    await scenario.asOperator('POST', '/admin/kill-switch', { on: false, reason: 'the next round' });
  }
  return times;
}

interface Member {
  readonly tree: SpawnedTree;
  readonly beat: Beat;
}

/** A run with three processes; this process is the runner of all of them. */
async function joinCrowd(scenario: Scenario): Promise<Member> {
  const { runId, secret } = await registerRun(scenario, 'crowd');
  const dir = join(scenario.stateDir, 'runs', runId);
  const beat = startBeat(join(dir, 'runner.beat'), {
    everyMs: 200,
    onFault: (fault) => {
      throw fault;
    },
  });
  const tree = await spawnTree({
    command: ['sh', '-c', 'sleep 1000 & sleep 1000 & echo up; wait'],
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '' },
    marker: `GOVERNED_RUN_ID=${runId}`,
  });
  await new Promise((resolve) => tree.stdout.once('data', resolve));
  const { root, marker } = tree.handle;
  const body = {
    tree: { root: { pid: root.pid, start_ticks: root.startTicks, boot_id: root.bootId }, marker },
  };
  const spawned = await scenario.request('POST', `/runs/${runId}/spawned`, { token: secret, body });
  if (spawned.status !== 200) throw new Error(JSON.stringify(spawned.body));
  return { tree, beat };
}
