import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProject } from '../../src/config/find-project.ts';
import { readProjectId, scanProjectId } from '../../src/config/project-id.ts';
import { stateDir } from '../../src/config/state-dir.ts';
import { InputError } from '../../src/core/fault.ts';
import { PROJECT_ID, PROJECT_TOML } from './bundle-of.ts';
import { tempDir, writeFiles } from './temp-dir.ts';

describe('findProject', () => {
  it('walks up to the nearest folder with governed.toml', async () => {
    const dir = await realpath(await tempDir());
    await writeFiles(dir, { 'governed.toml': PROJECT_TOML, 'inner/governed.toml': PROJECT_TOML });
    await mkdir(join(dir, 'a/b'), { recursive: true });
    await mkdir(join(dir, 'inner/c'));
    expect(findProject(join(dir, 'a/b'))).toBe(dir);
    expect(findProject(join(dir, 'inner/c'))).toBe(join(dir, 'inner'));
  });

  it('takes a named folder at its word, and never a folder above it', async () => {
    const dir = await realpath(await tempDir());
    await writeFiles(dir, { 'governed.toml': PROJECT_TOML });
    await mkdir(join(dir, 'a'));
    expect(findProject(join(dir, 'a'), '..')).toBe(dir);
    expect(() => findProject('/', join(dir, 'a'))).toThrow(InputError);
  });

  it('says how to make a project where there is none', async () => {
    const dir = await tempDir();
    expect(() => findProject(dir)).toThrow(
      expect.objectContaining({ code: 'no_project', hint: expect.stringContaining('governed-agents init') }),
    );
    expect(() => findProject(join(dir, 'not/there'))).toThrow(InputError);
  });
});

describe('stateDir', () => {
  const home = '/home/me';

  it.each([
    [{ GOVERNED_STATE_HOME: '/s', XDG_STATE_HOME: '/x' }, `/s/${PROJECT_ID}`],
    [{ XDG_STATE_HOME: '/x' }, `/x/governed-agents/${PROJECT_ID}`],
    [{ GOVERNED_STATE_HOME: '', XDG_STATE_HOME: '' }, `/home/me/.local/state/governed-agents/${PROJECT_ID}`],
    [{}, `/home/me/.local/state/governed-agents/${PROJECT_ID}`],
  ])('with %j is %s', (env, expected) => {
    expect(stateDir({ env, home, projectId: PROJECT_ID })).toBe(expected);
  });

  it.each(['GOVERNED_STATE_HOME', 'XDG_STATE_HOME'])('refuses a relative %s', (name) => {
    expect(() => stateDir({ env: { [name]: 'state' }, home, projectId: PROJECT_ID })).toThrow(
      expect.objectContaining({ code: 'relative_state_home', path: name }),
    );
  });

  it.each(['', 'prj_', '../../etc', `${PROJECT_ID}/..`, 'prj_../../x'])(
    'refuses the project id %j',
    (projectId) => {
      expect(() => stateDir({ env: {}, home, projectId })).toThrow(
        expect.objectContaining({ code: 'invalid_project_id' }),
      );
    },
  );
});

describe('readProjectId', () => {
  it('reads the id of a file that is broken elsewhere, so that stopping still works', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'governed.toml': `${PROJECT_TOML}[budget\nday_usd = =\n` });
    expect(readProjectId(dir)).toBe(PROJECT_ID);
  });

  it.each([
    [`[project]\nid = '${PROJECT_ID}' # mine\n`, PROJECT_ID],
    [`[other]\nid = "${PROJECT_ID}"\n`, null],
    [`[project] # here\n  id="${PROJECT_ID}"`, PROJECT_ID],
    [`[project]\n# id = "${PROJECT_ID}"\n`, null],
    ['[project]\nid = "else"\n', null],
  ])('finds in %j: %s', (text, expected) => {
    expect(scanProjectId(text)).toBe(expected);
  });

  it('says where the id belongs when there is none', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'governed.toml': '[project]\n' });
    expect(() => readProjectId(dir)).toThrow(expect.objectContaining({ code: 'no_project_id' }));
  });
});
