import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { COMMAND_GROUPS } from '../../src/cli/command-table.ts';
import { LATER_COMMANDS } from '../../src/cli/later.ts';
import { newPlace, type Place } from './binary.ts';

const COMMANDS = COMMAND_GROUPS.flatMap((group) => group.commands.map((command) => command.name));
const SUBCOMMANDS = [
  'audit list',
  'audit verify',
  'audit head',
  'policy check',
  'policy explain',
  'policy test',
  'budget raise',
];

let place: Place;
beforeEach(() => {
  place = newPlace();
});
afterEach(() => place.remove());

describe('help', () => {
  test('says the version and nothing else', async () => {
    expect(await place.run(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
  });

  test('lists every command on stdout when it is asked for, on stderr with exit 2 when nothing is typed', async () => {
    const asked = await place.run(['--help']);
    const bare = await place.run([]);
    for (const name of COMMANDS) expect(asked.out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(asked).toMatchObject({ code: 0, err: '' });
    expect(bare).toMatchObject({ code: 2, out: '', err: asked.out });
  });

  test('of every command touches nothing and exits 0', { timeout: 60_000 }, async () => {
    await place.run(['init', place.dir]);
    const before = place.listing();
    for (const words of [...COMMANDS, ...SUBCOMMANDS].map((name) => name.split(' '))) {
      const said = await place.run([...words, '--help']);
      expect(said, words.join(' ')).toMatchObject({ code: 0, err: '' });
      expect(said.out).toContain('Usage: governed-agents');
    }
    expect(place.listing()).toEqual(before);
  });

  test('comes before an option too, and as `help COMMAND`', async () => {
    const direct = await place.run(['status', '--help']);
    expect(await place.run(['help', 'status'])).toEqual(direct);
    expect(await place.run(['-C', '/nowhere', 'status', '--help'])).toEqual(direct);
    const ofRaise = await place.run(['budget', 'raise', '--help']);
    expect(await place.run(['help', 'budget', 'raise'])).toEqual(ofRaise);
  });

  test('is plain without a terminal, and coloured when that is forced, unless NO_COLOR says otherwise', async () => {
    const colour = '\u001b[';
    expect((await place.run(['--help'])).out).not.toContain(colour);
    expect((await place.run(['--help'], { env: { FORCE_COLOR: '1' } })).out).toContain(colour);
    const both = { FORCE_COLOR: '1', NO_COLOR: '1' };
    expect((await place.run(['--help'], { env: both })).out).not.toContain(colour);
    expect((await place.run(['nonsense'], { env: both })).err).not.toContain(colour);
  });
});

describe('what does not exist', () => {
  test.each([
    ['statu', 'did you mean `governed-agents status`?'],
    ['kil', 'did you mean `governed-agents kill`?'],
    ['xyzzy', 'see all commands with `governed-agents --help`'],
  ])('answers the command %s with exit 2 and a hint', async (word, hint) => {
    const said = await place.run([word]);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain(`there is no command "${word}"`);
    expect(said.err).toContain(hint);
  });

  test('answers an unknown option with the one that was meant', async () => {
    const said = await place.run(['status', '--jsno']);
    expect(said.code).toBe(2);
    expect(said.err).toContain('--json');
  });

  test.each([
    ['grants add send_email', '--uses', 'grants add'],
    ['budget raise noop', '--tier', 'budget raise'],
    ['policy explain', 'action', 'policy explain'],
    ['status --foo', '--foo', 'status'],
  ])('leads from `%s` to the help that names %s', async (typed, missing, command) => {
    const said = await place.run(typed.split(' '));
    expect(said.code).toBe(2);
    expect(said.err).toContain(missing);
    expect(said.err).toContain(`see \`governed-agents ${command} --help\``);
  });

  test.each([...LATER_COMMANDS.keys()])(
    'says that `%s` is not available yet, and what to use instead',
    async (name) => {
      const said = await place.run(name.split(' '));
      expect(said.code).toBe(2);
      expect(said.err).toContain(`\`${name}\` is not available yet`);
      expect(said.err).toContain(LATER_COMMANDS.get(name)?.instead);
    },
  );
});
