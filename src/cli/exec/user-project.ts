// The project of this user that `exec` works under: made when it is first needed, in the state home beside the state of all projects,
// with rules that deny by default. What exec writes there is put in force at once, since it is the operator who typed it.

import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeStateFolder, packageRoot, stateHome } from '../../config/entry.ts';
import { type Bundle, parseRules, readBundle } from '../../config/rules-entry.ts';
import { newId } from '../../core/id.ts';
import { bodyOf, clientOf } from '../client.ts';
import { execProjectDir, locateProject, type Project } from '../project.ts';
import { RulesInvalidError } from '../refusal-error.ts';
import { makeState, putInForce } from '../rules/put-in-force.ts';
import type { ExecAgent } from './agent-file.ts';

/** Who holds this file may make the project and start its server. */
export function turnOf(env: Readonly<Record<string, string | undefined>>): string {
  return join(stateHome({ env, home: homedir() }), 'exec.starting');
}

export function userProject(env: Readonly<Record<string, string | undefined>>): Project {
  const dir = execProjectDir(env);
  makeStateFolder(dir);
  const before = readOr(join(dir, 'governed.toml')) ?? '';
  const id = idIn(before) ?? newId('prj', Date.now(), randomBytes(10));
  keep(join(dir, 'policy.toml'), readFileSync(join(packageRoot(), 'templates/project/policy.toml'), 'utf8'));
  keep(join(dir, 'governed.toml'), `${projectFile(id, env)}\n${ownPart(before)}`);
  return locateProject({ project: dir });
}

/** Puts the agent's rules in force, beside those of earlier calls. */
export async function putAgentInForce(project: Project, agent: ExecAgent): Promise<void> {
  const folder = join(project.dir, 'agents', agent.id);
  keep(join(folder, 'agent.toml'), agent.toml);
  if (agent.instructions === null) rmSync(join(folder, 'AGENTS.md'), { force: true });
  else keep(join(folder, 'AGENTS.md'), agent.instructions);
  const bundle = await readableRules(project, agent);
  const answer = await clientOf(project).post('/admin/accept', { rules_hash: bundle.hash });
  if (answer.result !== 'unreachable') {
    bodyOf(answer);
    return;
  }
  const open = makeState(project);
  try {
    putInForce(open, bundle);
  } finally {
    open.store.close();
  }
}

/** An agent that can't be read would stand in the way of every later call: what exec wrote, it takes back. */
async function readableRules(project: Project, agent: ExecAgent): Promise<Bundle> {
  for (;;) {
    const bundle = await readBundle(project.dir);
    const parsed = parseRules(bundle);
    if (parsed.result !== 'invalid') return bundle;
    const unreadable = new Set(parsed.problems.flatMap(({ path }) => agentAt(path) ?? []));
    for (const id of unreadable) rmSync(join(project.dir, 'agents', id), { recursive: true, force: true });
    if (unreadable.size === 0 || unreadable.has(agent.id)) throw new RulesInvalidError(parsed.problems);
  }
}

function agentAt(path: string | undefined): string | null {
  return /^agents\/([^/]+)\//.exec(path ?? '')?.[1] ?? null;
}

function idIn(file: string): string | null {
  return /^id = "(prj_[0-9a-z]+)"$/m.exec(file)?.[1] ?? null;
}

const OWN_PART = '# From here on the file is yours, and stays as it is: the next exec puts it in force.\n';

const OWN_EXAMPLE = `# A model that \`governed-agents prices\` does not show is metered at the dearest price it does. In dollars for a million tokens:
# [prices."my-model"]
# input_usd_per_mtok = 0
# output_usd_per_mtok = 0
`;

/** What a person wrote below the line that says so; an example where there is no such line yet. */
function ownPart(file: string): string {
  const at = file.indexOf(OWN_PART);
  return at < 0 ? `${OWN_PART}${OWN_EXAMPLE}` : file.slice(at);
}

function projectFile(id: string, env: Readonly<Record<string, string | undefined>>): string {
  const provider = (name: string, fallback: string): string => {
    const given = env[`${name.toUpperCase()}_BASE_URL`];
    const url = given === undefined || given === '' ? fallback : given;
    const key = `${name.toUpperCase()}_API_KEY`;
    // A server of one's own may want none.
    const isKeyless = url !== fallback && (env[key] ?? '') === '';
    const keyLine = isKeyless ? '' : `key = { env = "${key}" }\n`;
    return `[providers.${name}]\nbase_url = ${JSON.stringify(url)}\n${keyLine}`;
  };
  const loginUrl = env['OPENAI_LOGIN_BASE_URL'] ?? '';
  const loginLine = loginUrl === '' ? '' : `login_base_url = ${JSON.stringify(loginUrl)}\n`;
  return `# The user-level project of \`governed-agents exec\`: what all its runs share. Written anew by each, but for its end.
[project]
id = "${id}"
timezone = ${JSON.stringify(Intl.DateTimeFormat().resolvedOptions().timeZone)}
[runs]
concurrent = 64
[budget]
day_usd = 100
warn_at = [0.8, 0.95]
on_cap = "end"
[prices]
unknown_model = "worst"
${provider('anthropic', 'https://api.anthropic.com')}${provider('openai', 'https://api.openai.com')}${loginLine}`;
}

/** Whole or not at all; what is the same already is left alone. */
function keep(path: string, content: string): void {
  if (readOr(path) === content) return;
  makeStateFolder(dirname(path));
  const draft = join(dirname(path), `.${process.pid}.new`);
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, path);
}

function readOr(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
