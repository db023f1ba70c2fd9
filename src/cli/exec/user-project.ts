// The project of this user that `exec` works under: made when it is first needed, in the state home beside the state of all projects,
// with rules that deny by default. What stands there is put in force at once, since it is the operator who typed it.

import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder, makeStateFolder, packageRoot, stateHome, writingState } from '../../config/entry.ts';
import { type Bundle, parseRules, readBundle } from '../../config/rules-entry.ts';
import { InputError } from '../../core/fault.ts';
import { faultCode } from '../../core/fault-code.ts';
import { newId } from '../../core/id.ts';
import { execProjectDir, locateProject, type Project } from '../project.ts';
import { RulesInvalidError } from '../refusal-error.ts';
import { putInForceAnywhere } from '../rules/put-in-force-anywhere.ts';
import type { ExecAgent } from './agent-file.ts';
import { forgetOldAgents } from './forget-agents.ts';
import { hasOwnPart, idIn, projectFile } from './project-file.ts';

/** Who holds this file may make the project and start its server. */
export function turnOf(env: Readonly<Record<string, string | undefined>>): string {
  return join(stateHome({ env, home: homeFolder(env) }), 'exec.starting');
}

export function userProject(env: Readonly<Record<string, string | undefined>>): Project {
  const dir = execProjectDir(env);
  makeStateFolder(dir);
  const path = join(dir, 'governed.toml');
  const before = readOr(path) ?? '';
  const id = idIn(before) ?? newId('prj', Date.now(), randomBytes(10));
  const file = projectFile(id, env, before);
  if (before !== '' && !hasOwnPart(before))
    writingState(dir, () => writeFileSync(`${path}.bak`, before, { mode: 0o600 }));
  keep(join(dir, 'policy.toml'), readFileSync(join(packageRoot(), 'templates/project/policy.toml'), 'utf8'));
  keep(path, file);
  return locateProject({ project: dir });
}

/** Puts the agent's rules in force, beside those of earlier calls. */
export async function putAgentInForce(project: Project, agent: ExecAgent): Promise<void> {
  const folder = join(project.dir, 'agents', agent.id);
  keep(join(folder, 'agent.toml'), agent.toml);
  if (agent.instructions === null) rmSync(join(folder, 'AGENTS.md'), { force: true });
  else keep(join(folder, 'AGENTS.md'), agent.instructions);
  forgetOldAgents(project, agent.id);
  await putInForceAnywhere(project, await readableRules(project, agent));
}

/** An agent that can't be read would stand in the way of every later call: what exec wrote, it takes back. */
async function readableRules(project: Project, agent: ExecAgent): Promise<Bundle> {
  for (;;) {
    const bundle = await readBundle(project.dir);
    const parsed = parseRules(bundle);
    if (parsed.result !== 'invalid') return bundle;
    const unreadable = new Set(parsed.problems.flatMap(({ path }) => agentAt(path) ?? []));
    for (const id of unreadable) rmSync(join(project.dir, 'agents', id), { recursive: true, force: true });
    if (unreadable.size === 0 || unreadable.has(agent.id)) {
      throw new RulesInvalidError(parsed.problems.map((problem) => placed(problem, project.dir)));
    }
  }
}

/** Nobody works in this project's folder, so the name alone would not find the file. */
function placed(problem: InputError, dir: string): InputError {
  const { code, message, path, line, column, hint } = problem;
  return new InputError({
    code,
    message,
    ...(path === undefined ? {} : { path: join(dir, path) }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(hint === undefined ? {} : { hint }),
  });
}

function agentAt(path: string | undefined): string | null {
  return /^agents\/([^/]+)\//.exec(path ?? '')?.[1] ?? null;
}

/** Whole or not at all; what is the same already is left alone. */
function keep(path: string, content: string): void {
  if (readOr(path) === content) return;
  const dir = dirname(path);
  makeStateFolder(dir);
  writingState(dir, () => {
    const draft = join(dir, `.${process.pid}.new`);
    writeFileSync(draft, content, { mode: 0o600 });
    renameSync(draft, path);
  });
}

function readOr(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (faultCode(error) === 'ENOENT') return null;
    throw error;
  }
}
