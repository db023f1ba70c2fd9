// A confined run on real processes: what a hostile agent can reach from inside its jail, how it is frozen, ended and outlived, and what happens
// where no jail can be had.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { beatOwner, startFamily, watchdogLives, writeFamily } from './family.ts';
import { BINARY, type Finished, Scenario } from './harness.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let scenario: Scenario;
afterEach(() => scenario.close());

/** Each way to a decision of its own that is not the gateway's no, by any means at all. */
const attacker = (facts: { readonly state: string; readonly port: number; readonly server: number }) => `
import { execFileSync } from 'node:child_process';
import { appendFileSync, linkSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
const F = ${JSON.stringify(facts)};
const G = process.env.GOVERNED_GATEWAY;
const json = { 'content-type': 'application/json' };
const p = await (await fetch(G + '/proposals', { method: 'POST', headers: json, body: JSON.stringify({ action_type: 'send_email', payload: { to: 'x' }, expected_outcome: 'y' }) })).json();
const approve = JSON.stringify({ decision: 'approve', payload_hash: p.payload_hash });
const decide = async (base, headers) => {
  const answer = await fetch(base + '/proposals/' + p.proposal_id + '/decision', { method: 'POST', headers: { ...json, ...headers }, body: approve });
  if (!answer.ok) throw new Error(String(answer.status));
};
const results = {};
const attempt = async (name, act) => {
  try { await act(); results[name] = 'succeeded'; } catch (error) { results[name] = String(error.code ?? error.cause?.code ?? error.message).slice(0, 60); }
};
const dial = (options) => new Promise((done, fail) => connect(options).once('connect', done).once('error', fail));
await attempt('its own gateway', () => decide(G, {}));
await attempt('its gateway, claiming to be the operator', () => decide(G, { authorization: 'Bearer gop_x', 'x-governed-as': 'operator' }));
await attempt('the operator token', () => readFileSync(F.state + '/keys/operator.token'));
await attempt('the token through the root of another process', () => readFileSync('/proc/1/root' + F.state + '/keys/operator.token'));
await attempt('the token through every root', () => { for (const pid of readdirSync('/proc').filter((n) => /^\\d+$/.test(n))) { try { return readFileSync('/proc/' + pid + '/root' + F.state + '/keys/operator.token'); } catch {} } throw new Error('none'); });
await attempt('a link to the token', () => { symlinkSync(F.state + '/keys/operator.token', 'token.link'); readFileSync('token.link'); });
await attempt('a hard link to the token', () => linkSync(F.state + '/keys/operator.token', 'token.hard'));
await attempt('the store', () => readFileSync(F.state + '/governed.db'));
await attempt('writing the store', () => openSync(F.state + '/governed.db', 'r+'));
await attempt('the server port', () => dial({ host: '127.0.0.1', port: F.port }));
await attempt('the server port on ::1', () => dial({ host: '::1', port: F.port }));
await attempt('the server by its name', () => decide('http://localhost:' + F.port, {}));
await attempt('signalling the server', () => process.kill(F.server, 0));
await attempt('the environment of the server', () => readFileSync('/proc/' + F.server + '/environ'));
await attempt('the policy', () => openSync('../../../policy.toml', 'r+'));
await attempt('its own rules', () => appendFileSync('../agent.toml', '# mine'));
await attempt('its own program', () => openSync('../agent.mjs', 'r+'));
await attempt('the actions', () => openSync('../../../actions/send-email.mjs', 'r+'));
await attempt('the cgroups of the machine', () => writeFileSync('/sys/fs/cgroup/cgroup.procs', '0'));
await attempt('mounting over it', () => execFileSync('mount', ['-t', 'tmpfs', 'none', '/tmp'], { stdio: 'ignore' }));
await attempt('a user namespace of its own', () => execFileSync('unshare', ['-Ur', 'true'], { stdio: 'ignore' }));
await attempt('the network', () => dial({ host: '1.1.1.1', port: 80 }));
await attempt('writing outside of the workspace', () => writeFileSync('/usr/governed-test', ''));
const now = await (await fetch(G + '/proposals/' + p.proposal_id)).json();
console.log('RESULT ' + JSON.stringify({ results, status: now.status, cwd: process.cwd(), root: readdirSync('/'), pids: readdirSync('/proc').filter((n) => /^\\d+$/.test(n)).length }));
`;

const COMMAND = 'adapter = "command"\ncommand = ["node", "agent.mjs"]\n[confine]\nmode = "required"\n';

describe('a confined agent', () => {
  it('can’t decide for itself by any means, nor reach what could', async () => {
    scenario = await Scenario.create((made) => made.write('agents/noop/agent.toml', COMMAND));
    const server = await scenario.serve();
    const facts = { state: scenario.stateDir, port: scenario.port, server: server.child.pid ?? 0 };
    writeFileSync(join(scenario.dir, 'agents/noop/agent.mjs'), attacker(facts));
    expect((await scenario.run(['accept', '--yes'])).code).toBe(0);
    const run = await scenario.run(['run', 'noop']);
    const text = /RESULT (.*)/.exec(run.stdout)?.[1];
    expect(text, run.stdout + run.stderr).toBeDefined();
    const { results, status, pids } = JSON.parse(text ?? '{}') as {
      results: Record<string, string>;
      status: string;
      pids: number;
    };
    console.log(
      Object.entries(results)
        .map(([way, end]) => `${end.padEnd(12)} ${way}`)
        .join('\n'),
    );
    expect(Object.keys(results)).toHaveLength(23);
    expect(Object.entries(results).filter(([, end]) => end === 'succeeded')).toEqual([]);
    expect(status).toBe('pending');
    expect(pids).toBeLessThan(10);
    expect(run.stderr).toContain('confined');
    const events = readFileSync(join(scenario.stateDir, 'audit.jsonl'), 'utf8');
    const ofRun = events
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { run_id: string | null; tier: string | null; event_type: string })
      .filter(({ run_id: id }) => id !== null);
    expect(ofRun.length).toBeGreaterThan(3);
    expect(ofRun.filter(({ tier }) => tier !== 'confined')).toEqual([]);
    expect(events).toContain('"event_type":"confinement_probed"');
  });

  it('writes what its rules say besides its workspace, and not what governs it', async () => {
    const script = `import { writeFileSync } from 'node:fs';
writeFileSync('../../../data/out.txt', 'x'); writeFileSync('mine.txt', 'x');`;
    scenario = await Scenario.create((made) => {
      mkdirSync(join(made.dir, 'data'));
      made.write('agents/noop/agent.mjs', script);
      made.write('agents/noop/agent.toml', `${COMMAND}write = ["data"]\n`);
    });
    await scenario.serve();
    expect((await scenario.run(['run', 'noop'])).code).toBe(0);
    expect(existsSync(join(scenario.dir, 'data/out.txt'))).toBe(true);
    for (const path of ['.', 'actions', 'policy.toml', 'agents/noop', '.git', '../elsewhere']) {
      scenario.write('agents/noop/agent.toml', `${COMMAND}write = ["${path}"]\n`);
      const refused = await scenario.run(['accept', '--yes']);
      expect(refused.code, path).toBe(2);
      expect(refused.stderr).toMatch(/agents\/noop\/agent\.toml:5/);
    }
  });

  it('is confined where the way to the state goes through a link, as a home folder may', async () => {
    scenario = await Scenario.create(
      (made) => {
        made.write('agents/noop/agent.mjs', 'console.log("ran")');
        made.write('agents/noop/agent.toml', COMMAND);
      },
      (made) => {
        mkdirSync(join(made.root, 'elsewhere'));
        symlinkSync('elsewhere', made.stateHome);
      },
    );
    const doctor = await scenario.run(['doctor', '--json']);
    expect(JSON.parse(doctor.stdout)).toMatchObject({ tier: 'confined' });
    await scenario.serve();
    expect(await scenario.run(['run', 'noop'])).toMatchObject({ code: 0, stdout: 'ran\n' });
  });

  it('is frozen, goes on and is killed with all that it started', async () => {
    scenario = await Scenario.create((made) => writeFamily(made, 'family', 'required'));
    await scenario.serve();
    await watchdogLives(scenario);
    const family = await startFamily(scenario);
    await family.runs();
    expect((await scenario.run(['pause', family.runId])).code).toBe(0);
    await family.stands();
    expect((await scenario.run(['resume', family.runId])).code).toBe(0);
    await family.runs();
    expect((await scenario.run(['kill', family.runId])).code).toBe(0);
    await family.gone();
  });

  it.each([
    ['the runner', ['runner']],
    ['server, runner and watchdog', ['server', 'runner', 'watchdog']],
  ] as const)('is gone with %s', async (_who, parts) => {
    scenario = await Scenario.create((made) => writeFamily(made, 'family', 'required'));
    const server = await scenario.serve();
    await watchdogLives(scenario);
    const family = await startFamily(scenario);
    await family.runs();
    const pids = {
      server: server.child.pid ?? 0,
      runner: family.runner.child.pid ?? 0,
      watchdog: beatOwner(scenario, 'watchdog.beat'),
    };
    for (const part of parts) process.kill(pids[part], 'SIGKILL');
    await family.gone();
  });

  it('stands still while its watchdog does', async () => {
    scenario = await Scenario.create((made) => writeFamily(made, 'family', 'required'));
    await scenario.serve();
    await watchdogLives(scenario);
    const family = await startFamily(scenario);
    await family.runs();
    const watchdog = beatOwner(scenario, 'watchdog.beat');
    process.kill(watchdog, 'SIGSTOP');
    try {
      await family.stands();
    } finally {
      process.kill(watchdog, 'SIGCONT');
    }
    await family.runs();
  });
});

/** The runner on a machine whose bubblewrap is no program; the server sees nothing of that. */
function runWithoutJail(agent: string): Finished {
  const inside = 'mount --bind /dev/null /usr/bin/bwrap && exec "$@"';
  const unshare = process.getuid?.() === 0 ? ['-m'] : ['-Urm'];
  const command = [...unshare, 'sh', '-c', inside, 'sh', process.execPath, BINARY, 'run', agent];
  const { status, stdout, stderr } = spawnSync('unshare', command, {
    cwd: scenario.dir,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: scenario.root,
      NO_COLOR: '1',
      GOVERNED_STATE_HOME: scenario.stateHome,
    },
  });
  return { code: status, stdout, stderr };
}

describe('where no jail can be had', () => {
  it('an agent that must have one is refused with what to do, and another one is said to be advisory', async () => {
    const plain = 'adapter = "command"\ncommand = ["node", "agent.mjs"]\n';
    scenario = await Scenario.create((made) => {
      for (const agent of ['noop', 'risky']) made.write(`agents/${agent}/agent.mjs`, 'console.log("ran")');
      made.write('agents/noop/agent.toml', plain);
      made.write('agents/risky/agent.toml', `${plain}risk = "high"\n`);
    });
    await scenario.serve();
    const refused = runWithoutJail('risky');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /risky must be confined \(its risk is high\), and can’t be here: no bwrap/,
    );
    expect(refused.stderr).toMatch(/hint: .*bubblewrap.*mode = "auto"/);
    const advisory = runWithoutJail('noop');
    expect(advisory.stdout).toBe('ran\n');
    expect(advisory.stderr).toMatch(/advisory: not confined.*no bwrap/);
    const confined = await scenario.run(['run', 'risky']);
    expect(confined.stderr).toContain('confined');
    expect(confined.code).toBe(0);
  });
});
