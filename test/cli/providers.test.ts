import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Finding } from '../../src/cli/doctor/finding.ts';
import { lookAtProviders } from '../../src/cli/doctor/providers.ts';
import { stateLayout } from '../../src/config/entry.ts';
import { PROJECT_ID, type ProjectFixture, startProject } from '../server/project-fixture.ts';

let f: ProjectFixture;
beforeEach(async () => {
  f = await startProject();
});
afterEach(() => f.close());

async function findings(providers: string): Promise<readonly Finding[]> {
  writeFileSync(join(f.dir, 'governed.toml'), `[project]\nid = "${PROJECT_ID}"\n${providers}`);
  const changes = await f.asOperator('GET', '/admin/changes');
  const accepted = await f.asOperator('POST', '/admin/accept', { rules_hash: changes.body['edited'] });
  if (accepted.status !== 200) throw new Error(JSON.stringify(changes.body));
  const project = { dir: f.dir, id: PROJECT_ID, state: stateLayout(f.stateDir) };
  return lookAtProviders(project, { THERE: 'the-key-itself', EMPTY: ' ', HOME: f.dir });
}

async function doctorSays(providers: string): Promise<readonly string[]> {
  return (await findings(providers)).map(({ state, detail }) => `${state} ${detail}`);
}

const anthropic = (key: string): string => `[providers.anthropic]\nkey = ${key}\n`;

function anAgent(id: string, lines: string): void {
  mkdirSync(join(f.dir, 'agents', id), { recursive: true });
  writeFileSync(join(f.dir, 'agents', id, 'agent.toml'), `${lines}\n[budget]\nday_usd = 1\n`);
}

it('says of each provider whether its key is there, and never the key', async () => {
  expect(await doctorSays('')).toEqual([]);
  const both = `${anthropic('{ env = "THERE" }')}[providers.openai]\nbase_url = "http://127.0.0.1:9"\n`;
  expect(await doctorSays(both)).toEqual(['ok anthropic: its key is in THERE', 'ok openai: no key is sent']);
  expect(JSON.stringify(await findings(both))).not.toContain('the-key-itself');
  const [missing] = await findings(anthropic('{ env = "NOPE_KEY" }'));
  expect(missing).toEqual({
    name: 'providers',
    state: 'warn',
    detail: 'anthropic: NOPE_KEY, which should hold its key, is not set here',
    hint: 'export NOPE_KEY where `governed-agents run` is started; [providers.anthropic] in governed.toml says where the key is',
  });
  expect(await doctorSays(anthropic('{ env = "EMPTY" }'))).toEqual([
    'warn anthropic: EMPTY, which should hold its key, is empty',
  ]);
});

it('looks at a key file, which others may not read', async () => {
  const path = join(f.dir, 'key');
  const toml = anthropic('{ file = "~/key" }');
  expect(await doctorSays(toml)).toEqual([
    `warn anthropic: ${path}, which should hold its key, can't be read (ENOENT)`,
  ]);
  writeFileSync(path, '\n');
  expect(await doctorSays(toml)).toEqual([`warn anthropic: ${path}, which should hold its key, is empty`]);
  writeFileSync(path, 'the-key-itself\n');
  chmodSync(path, 0o640);
  expect(await doctorSays(toml)).toEqual([
    `warn anthropic: ${path}, which holds its key, is open to other users of this machine`,
  ]);
  chmodSync(path, 0o600);
  expect(await doctorSays(toml)).toEqual(['ok anthropic: its key is in ~/key']);
});

it('looks for the program that prints a key, and does not start it', async () => {
  const program = join(f.dir, 'print-key');
  writeFileSync(program, `#!/bin/sh\ntouch ${join(f.dir, 'started')}\n`, { mode: 0o700 });
  expect(await doctorSays(anthropic('{ command = ["./print-key"] }'))).toEqual([
    'ok anthropic: its key is asked of ./print-key, which was not started',
  ]);
  expect(existsSync(join(f.dir, 'started'))).toBe(false);
  expect(await doctorSays(anthropic('{ command = ["no-such-vault", "read"] }'))).toEqual([
    'warn anthropic: no-such-vault, which should print its key, is not on this machine',
  ]);
});

it('lets a key be missing where the agents of a provider have a login of their own', async () => {
  const toml = anthropic('{ env = "NOPE_KEY" }');
  anAgent('writer', 'adapter = "claude"\nauth = "subscription"');
  expect(await doctorSays(toml)).toEqual([
    'ok anthropic: NOPE_KEY, which should hold its key, is not set here; writer can do without, with a login',
  ]);
  writeFileSync(join(f.dir, 'key'), 'the-key-itself');
  chmodSync(join(f.dir, 'key'), 0o644);
  expect(await doctorSays(anthropic('{ file = "key" }'))).toEqual([
    expect.stringContaining('warn anthropic: ') as string,
  ]);
  anAgent('reader', 'adapter = "claude"');
  expect(await doctorSays(toml)).toEqual([
    'warn anthropic: NOPE_KEY, which should hold its key, is not set here',
  ]);
});
