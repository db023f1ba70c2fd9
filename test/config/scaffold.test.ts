import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBundle } from '../../src/config/files/read-bundle.ts';
import { readProjectId } from '../../src/config/project-id.ts';
import { parseRules } from '../../src/config/rules/parse-rules.ts';
import { scaffold } from '../../src/config/scaffold.ts';
import { writingState } from '../../src/config/state-folder.ts';
import { InputError } from '../../src/core/fault.ts';
import { decide } from '../../src/core/policy/decide.ts';
import { asLine, PROJECT_ID, problemsIn } from './bundle-of.ts';
import { tempDir, writeFiles } from './temp-dir.ts';

describe('scaffold', () => {
  it('writes a project whose rules are valid and say what the files say', async () => {
    const dir = join(await tempDir(), 'new', 'project');
    const written = await scaffold({ targetDir: dir, projectId: PROJECT_ID, timezone: 'Europe/Berlin' });
    expect(written.result).toBe('written');
    const parsed = parseRules(await readBundle(dir));
    expect(problemsIn(parsed).map(asLine)).toEqual([]);
    if (parsed.result === 'invalid') return;
    const { rules } = parsed;
    expect(readProjectId(dir)).toBe(PROJECT_ID);
    expect(rules).toMatchObject({ projectId: PROJECT_ID, timezone: 'Europe/Berlin', port: 8005 });
    expect([...rules.agents.keys()]).toEqual(['hello', 'noop', 'publisher']);
    expect([...rules.executors.keys()]).toEqual(['publish_note']);
    for (const agent of rules.agents.values()) {
      expect(agent.tasks.size).toBe(1);
      expect(agent.systemPrompt).toBeTruthy();
      expect(agent.budget.caps.length).toBeGreaterThan(0);
      expect(agent.limits.timeoutMs).not.toBeNull();
    }
    const effect = (action: string): string =>
      decide(
        rules.policy,
        { action, reversible: null, requiresApproval: null },
        { nowMs: 0, agent: null, detector: null, use: () => null },
      ).effect;
    expect(effect('draft_content')).toBe('allow');
    expect(effect('send_email')).toBe('require_approval');
    expect(effect('publish_note')).toBe('require_approval');
    expect(await readFile(join(dir, 'agents/.gitignore'), 'utf8')).toContain('*/workspace/');
  });

  it('lists every collision and writes nothing', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'policy.toml': 'mine', 'agents/noop/agent.mjs': 'mine', actions: 'a file' });
    const before = await readdir(dir, { recursive: true });
    expect(await scaffold({ targetDir: dir, projectId: PROJECT_ID })).toEqual({
      result: 'collisions',
      paths: ['actions', 'agents/noop/agent.mjs', 'policy.toml'],
    });
    expect(await readdir(dir, { recursive: true })).toEqual(before);
    expect(await readFile(join(dir, 'policy.toml'), 'utf8')).toBe('mine');
  });

  it('does not write through a link out of the folder', async () => {
    const [dir, other] = [await tempDir(), await tempDir()];
    await symlink(other, join(dir, 'agents'));
    expect(await scaffold({ targetDir: dir, projectId: PROJECT_ID })).toEqual({
      result: 'collisions',
      paths: ['agents'],
    });
    expect(await readdir(other)).toEqual([]);
  });

  it('leaves other files of the folder alone, a README and a .gitignore too', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'README.md': 'mine', '.gitignore': 'mine', 'src/x.ts': 'mine' });
    expect((await scaffold({ targetDir: dir, projectId: PROJECT_ID })).result).toBe('written');
    expect(await readFile(join(dir, '.gitignore'), 'utf8')).toBe('mine');
  });

  it('passes on why the state can’t be made as it was said', async () => {
    const dir = join(await tempDir(), 'new');
    const fault = new InputError({ code: 'usage', message: 'HOME is relative', hint: 'make it absolute' });
    const written = scaffold({
      targetDir: dir,
      projectId: PROJECT_ID,
      beforeWriting: () => {
        throw fault;
      },
    });
    await expect(written).rejects.toBe(fault);
    expect(() =>
      writingState(dir, () => {
        throw fault;
      }),
    ).toThrow(fault);
  });

  it('takes back what it wrote when it can’t go on', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'agents/publisher'), { recursive: true });
    const owner = process.getuid?.() === 0 ? 65_534 : null;
    await chmod(dir, 0o777);
    await chmod(join(dir, 'agents'), 0o777);
    await chmod(join(dir, 'agents/publisher'), 0o555);
    const script = `
      import { scaffold } from './src/config/scaffold.ts';
      scaffold({ targetDir: ${JSON.stringify(dir)}, projectId: '${PROJECT_ID}' }).then(
        (done) => console.log(done.result),
        (fault) => console.log(fault.name, fault.hint),
      );`;
    const compiled = await compile(script);
    const run = execFileSync(process.execPath, ['--input-type=module', '-e', compiled], {
      encoding: 'utf8',
      ...(owner === null ? {} : { uid: owner, gid: owner }),
    });
    expect(run).toContain('OperationError');
    expect((await readdir(dir, { recursive: true })).sort()).toEqual(['agents', 'agents/publisher']);
  });
});

/** One script without imports of its own, that finds the package from this folder. */
async function compile(script: string): Promise<string> {
  const { build } = await import('esbuild');
  const here = join(import.meta.dirname, '../../src/config/scaffold.ts');
  const built = await build({
    stdin: { contents: script, resolveDir: join(import.meta.dirname, '../..'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    define: { 'import.meta.url': JSON.stringify(`file://${here}`) },
    logLevel: 'error',
  });
  return built.outputFiles[0]?.text ?? '';
}
