import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateLayout } from '../../src/config/entry.ts';
import { newPlace, type Place } from './binary.ts';

const BINARY = resolve(import.meta.dirname, '../../dist/main.js');
const NOBODY = 65_534;

let place: Place;
beforeAll(async () => {
  place = newPlace();
  await place.run(['init', place.dir]);
});
afterAll(() => place.remove());

const from = 'read from the store instead';

describe('reading', () => {
  test('tells the status from the store, and that the server is down', async () => {
    const said = await place.run(['status', '--json']);
    expect(said.code).toBe(0);
    expect(said.err).toContain(from);
    expect(JSON.parse(said.out)).toMatchObject({
      project_dir: place.dir,
      state_dir: expect.stringContaining(place.stateHome),
      server: { up: false, pid: null },
      watchdog: { alive: false },
      rules: { changed: [] },
      record: { seq: 1 },
      counts: { agents: 3, runs_live: 0 },
    });
  });

  test.each([
    [['scoreboard'], { items: expect.any(Array), project: expect.any(Object) }],
    [['runs'], { items: [], next_cursor: null }],
    [['proposals'], { items: [], next_cursor: null }],
    [['budget'], { items: expect.any(Array) }],
    [['budget', 'noo'], { agent_id: 'noop' }],
    [['prices'], { items: expect.any(Array), unknown_model: 'refuse' }],
    [['audit', 'list'], { items: [{ seq: 1, event_type: 'rules_accepted' }] }],
    [['brief'], { runs: { started: 0 }, rules_accepted: 1 }],
    [['policy', 'check'], { ok: true }],
    [['policy', 'explain', 'send_email'], { effect: 'require_approval', rule: 'never_auto_approve' }],
    [['policy', 'explain', 'research_only'], { effect: 'allow' }],
  ])('%j prints valid JSON with its data', async (args, expected) => {
    const said = await place.run([...args, '--json']);
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject(expected);
    expect((await place.run(args)).out).not.toContain('\u001b[');
  });

  test('finds the project from a folder inside it, and with -C before or after the command', async () => {
    const plain = (await place.run(['policy', 'check'])).out;
    const inside = await place.run(['policy', 'check'], { cwd: join(place.dir, 'agents', 'noop') });
    expect(inside.out).toBe(plain);
    expect((await place.run(['-C', place.dir, 'policy', 'check'], { cwd: '/' })).out).toBe(plain);
    expect((await place.run(['policy', 'check', `--project=${place.dir}`], { cwd: '/' })).out).toBe(plain);
  });

  test('refuses to look where there is no project', async () => {
    const said = await place.run(['status'], { cwd: '/' });
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain('there is no governed.toml in / nor in any folder above it');
  });
});

describe('a store that was lost', () => {
  test('is said to be lost by every command, accept too, and not that nothing was ever accepted', async () => {
    const lost = newPlace();
    try {
      await lost.run(['init', lost.dir]);
      const state = stateLayout(JSON.parse((await lost.run(['status', '--json'])).out).state_dir);
      rmSync(state.store);
      writeFileSync(state.mirror, '{"v":1,"seq":1}\n');
      for (const args of [['status'], ['runs'], ['run', 'noop'], ['accept', '--yes']]) {
        const said = await lost.run(args);
        expect(said).toMatchObject({ code: 1, out: '' });
        expect(said.err).toContain('is gone, and the record beside it (audit.jsonl) says that there was one');
        expect(said.err).toContain('backup');
      }
      expect(existsSync(state.store)).toBe(false);
    } finally {
      lost.remove();
    }
  });
});

describe('the state of another user', () => {
  test('is said to be closed, and nothing in it is said to be stopped', async () => {
    const theirs = newPlace();
    try {
      await theirs.run(['init', theirs.dir]);
      const isRoot = process.getuid?.() === 0;
      chmodSync(theirs.root, 0o755);
      if (!isRoot) chmodSync(theirs.stateHome, 0);
      for (const args of [['status'], ['accept', '--yes'], ['pause', '--all'], ['kill-switch', 'on']]) {
        const said = spawnSync(process.execPath, [BINARY, ...args], {
          cwd: theirs.dir,
          env: { PATH: process.env['PATH'], HOME: theirs.root, GOVERNED_STATE_HOME: theirs.stateHome },
          encoding: 'utf8',
          ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
        });
        expect(said).toMatchObject({ status: 1, stdout: '' });
        expect(said.stderr).toContain('the state of this project is another user’s, and closed to you');
      }
      chmodSync(theirs.stateHome, 0o700);
      expect(JSON.parse((await theirs.run(['status', '--json'])).out).kill_switch.on).toBe(false);
    } finally {
      chmodSync(theirs.stateHome, 0o700);
      theirs.remove();
    }
  });
});

describe('what needs the server', () => {
  test.each([[['run', 'noop']], [['approve', 'prp_00000000000000000000000000']], [['open']]])(
    '%j exits 4 and says how to start it',
    async (args) => {
      const said = await place.run([...args, '--json']);
      expect(said.code).toBe(4);
      expect(said.err).toContain('governed-agents serve');
      expect(JSON.parse(said.out)).toMatchObject({
        error: { code: 'server_unreachable', hint: expect.any(String) },
      });
    },
  );
});

describe('names', () => {
  test('an unknown agent is answered with those that exist', async () => {
    const said = await place.run(['run', 'nopo']);
    expect(said.code).toBe(2);
    expect(said.err).toContain('did you mean noop? agents: hello, noop, publisher');
  });

  test('an unknown task is answered with those of the agent', async () => {
    const said = await place.run(['run', 'noop', 'smke']);
    expect(said.code).toBe(2);
    expect(said.err).toContain('did you mean smoke? its tasks: smoke');
  });

  test('the beginning of a name does, and one that fits nothing is answered with what there is', async () => {
    expect((await place.run(['run', 'pub'])).code).toBe(4);
    const said = await place.run(['logs', 'run_0']);
    expect(said).toMatchObject({ code: 2 });
    expect(said.err).toContain('there is no run "run_0"');
  });
});

describe('what is looked at of one agent', () => {
  test.each([['runs'], ['audit list']])(
    '%s takes the beginning of its name, and no mistyped one',
    async (command) => {
      const typed = command.split(' ');
      const said = await place.run([...typed, '--agent', 'zz']);
      expect(said).toMatchObject({ code: 2, out: '' });
      expect(said.err).toContain('there is no accepted agent "zz"');
      const short = await place.run([...typed, '--agent', 'no']);
      expect(short).toEqual(await place.run([...typed, '--agent', 'noop']));
      expect(short.code).toBe(0);
    },
  );

  test('an agent without a run is not said to be a project without one', async () => {
    const said = await place.run(['runs', '--agent', 'pub']);
    expect(said.out).toBe('No run of publisher yet. Start one with `governed-agents run publisher`.\n');
  });
});

describe('governing files', () => {
  test('a wrong file is told with its line, column and a hint, and nothing takes effect', async () => {
    const path = join(place.dir, 'agents', 'noop', 'agent.toml');
    const good = readFileSync(path, 'utf8');
    appendFileSync(path, '\nadaptr = "command"\n[limits]\ntimeout = forever\n');
    try {
      const said = await place.run(['policy', 'check']);
      expect(said).toMatchObject({ code: 2, out: '' });
      expect(said.err).toMatch(/agents\/noop\/agent\.toml:\d+:\d+: this is not valid TOML/);
      expect(said.err).toMatch(/hint: .+/);
      expect(said.err).not.toMatch(/^\s+at .*\.js/m);
      expect((await place.run(['policy', 'check', '--verbose'])).err).toMatch(/^\s+at /m);
      const json = await place.run(['accept', '--yes', '--json']);
      expect(json.code).toBe(2);
      expect(JSON.parse(json.out)).toMatchObject({
        error: {
          code: 'rules_invalid',
          problems: [{ path: 'agents/noop/agent.toml', line: expect.any(Number) }],
        },
      });
      expect(JSON.parse((await place.run(['status', '--json'])).out)).toMatchObject({
        rules: {
          changed: ['agents/noop/agent.toml'],
          problems: [{ path: 'agents/noop/agent.toml', line: expect.any(Number), hint: expect.any(String) }],
        },
      });
    } finally {
      writeFileSync(path, good);
    }
  });

  test('an edit is shown, wants --yes when nobody is there, and is then in force without a server', async () => {
    const path = join(place.dir, 'policy.toml');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n# a word with a hidden\u200b character\n`);
    const asked = await place.run(['accept']);
    expect(asked.code).toBe(9);
    expect(asked.out).toContain('+# a word with a hidden⟨U+200B⟩ character');
    const done = await place.run(['accept', '--yes', '--json']);
    expect(done).toMatchObject({ code: 0 });
    expect(JSON.parse(done.out)).toMatchObject({
      accepted: true,
      changed: [{ path: 'policy.toml', change: 'modified' }],
    });
    expect((await place.run(['accept'])).out).toContain('Nothing to accept');
  });
});

describe('the record', () => {
  test('verifies, against a head that was kept too', async () => {
    const head = join(place.root, 'head.json');
    writeFileSync(head, (await place.run(['audit', 'head'])).out);
    const said = await place.run(['audit', 'verify', '--against', head, '--json']);
    expect(said.code).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({ ok: true, fault: null, against: head, limits: null });
    expect((await place.run(['audit', 'verify'])).out).toContain('without a head kept elsewhere');
  });

  test('refuses a head of another project or without a valid signature', async () => {
    const head = join(place.root, 'altered.json');
    writeFileSync(head, (await place.run(['audit', 'head'])).out.replace('"seq":', '"seq":1'));
    const said = await place.run(['audit', 'verify', '--against', head]);
    expect(said.code).toBe(2);
    expect(said.err).toContain('holds no head with a valid signature');
  });

  test('is copied by backup, which never overwrites', async () => {
    const file = join(place.root, 'copy.db');
    expect((await place.run(['backup', file])).code).toBe(0);
    const before = readFileSync(file);
    expect(await place.run(['backup', file])).toMatchObject({ code: 3, out: '' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});
