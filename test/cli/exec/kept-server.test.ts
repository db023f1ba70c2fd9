// The server of `exec` dies under a running command.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identify } from '../../../src/process/entry.ts';
import { newPlace, type Place, type Said } from '../binary.ts';

let place: Place;
beforeEach(() => {
  place = newPlace();
  mkdirSync(join(place.root, 'work'));
});
afterEach(async () => {
  await operator('down');
  place.remove();
});

const operator = (...args: readonly string[]): Promise<Said> =>
  place.run([...args, '-C', join(place.stateHome, 'exec')]);

async function stateDir(): Promise<string> {
  return (JSON.parse((await operator('up', '--json')).out) as { state_dir: string }).state_dir;
}

const pidIn = (path: string): number => (JSON.parse(readFileSync(path, 'utf8')) as { pid: number }).pid;

/** Server and watchdog at once, so that neither starts the other. */
function killBoth(state: string): void {
  for (const file of ['server.json', 'watchdog.beat']) process.kill(pidIn(join(state, file)), 'SIGKILL');
}

const exec = (script: string): Promise<Said> =>
  place.run(['exec', '--', 'sh', '-c', script], { cwd: join(place.root, 'work') });

/** Started, and running. */
async function running(script: string): Promise<{ readonly ending: Promise<Said> }> {
  const started = join(place.root, 'work', 'started');
  const ending = exec(`: > started; ${script}`);
  await expect.poll(() => existsSync(started), { timeout: 20_000 }).toBe(true);
  return { ending };
}

/** No other server can begin while this stands. */
function occupy(state: string): () => void {
  const lock = join(state, 'server.lock');
  rmSync(lock, { force: true });
  writeFileSync(lock, JSON.stringify(identify(process.pid)));
  return () => rmSync(lock);
}

it('it is started again, which is said in one line, and the command goes on', async () => {
  await exec('true');
  const state = await stateDir();
  const { ending } = await running('sleep 2; echo went on');
  killBoth(state);
  const said = await ending;
  expect(said.err).toContain('frozen: no watchdog: the watchdog is not there');
  expect(said).toMatchObject({ code: 0, out: 'went on\n' });
  expect(said.err.match(/starting it again/g)).toHaveLength(1);
  expect(said.err).toMatch(/✓ succeeded: exit code 0 · \$0\.00 of \$5\.00 · 0 tokens/);
}, 40_000);

it('what to type is said when it can’t be started again, and after that the command goes on', async () => {
  await exec('true');
  const state = await stateDir();
  const { ending } = await running('sleep 2; echo went on');
  killBoth(state);
  const leave = occupy(state);
  await wait(14_000);
  leave();
  await operator('up');
  const said = await ending;
  expect(said).toMatchObject({ code: 0, out: 'went on\n' });
  const dir = join(place.stateHome, 'exec');
  expect(said.err).toMatch(/could not be started again \(.*another server serves this project already/);
  expect(said.err).toContain(`: try \`governed-agents -C ${dir} up\``);
}, 60_000);

it('one that was ended in order stays down', async () => {
  await exec('true');
  const state = await stateDir();
  const { ending } = await running('sleep 2; echo went on');
  await operator('down');
  await wait(5_000);
  expect(() => pidIn(join(state, 'server.json'))).toThrow('ENOENT');
  await operator('up');
  const said = await ending;
  expect(said).toMatchObject({ code: 0, out: 'went on\n' });
  expect(said.err).not.toContain('starting it again');
}, 40_000);

it('an end that nobody recorded is no success, and what it cost is not known', async () => {
  await exec('true');
  const state = await stateDir();
  const { ending } = await running('sleep 2.5; echo done');
  // The watchdog lives on, so that the command does.
  process.kill(pidIn(join(state, 'server.json')), 'SIGKILL');
  const leave = occupy(state);
  const said = await ending;
  leave();
  expect(said).toMatchObject({ code: 207, out: 'done\n' });
  expect(said.err).not.toContain('✓');
  expect(said.err).toContain(
    '✗ its end could not be recorded here: unless it was ended there before, the record will have it as lost (succeeded: exit code 0)',
  );
  expect(said.err).toContain('at least $0.00 of $5.00, since the server does not answer');
}, 60_000);
