// The model providers of the rules in force: whether the key of each is where the rules say it is. Neither the key nor what holds it is
// shown, and a program that prints one is looked for and not started.

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { faultCode } from '../../core/fault-code.ts';
import type { KeyReference, ProviderRules, Rules } from '../../core/rules/rules.ts';
import { isProgram } from '../../process/entry.ts';
import { keyFilePath } from '../../runner/entry.ts';
import type { Project } from '../project.ts';
import { onPath } from './agent-clis.ts';
import { type Finding, ok, worthKnowing } from './finding.ts';
import { rulesInForce } from './rules-in-force.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The agent CLIs call one provider each; a command may call any. */
const ADAPTER_OF: Readonly<Record<string, 'claude' | 'codex'>> = { anthropic: 'claude', openai: 'codex' };

interface Lack {
  readonly what: string;
  readonly hint: string;
  /** There is a key, and something else is wrong with it. */
  readonly isThere?: true;
}

export function lookAtProviders(project: Project, env: Environment): readonly Finding[] {
  const rules = rulesInForce(project);
  if (rules === null) return [];
  return [...rules.providers.values()].map((each) => lookAt(each, rules, { env, projectDir: project.dir }));
}

interface Place {
  readonly env: Environment;
  readonly projectDir: string;
}

function lookAt({ name, key }: ProviderRules, rules: Rules, place: Place): Finding {
  if (key === null) return ok('providers', `${name}: no key is sent`);
  const lack = whatLacks(key, place);
  if (lack === null) return ok('providers', `${name}: ${whereFound(key)}`);
  const logins = lack.isThere === true ? [] : loginsFor(name, rules);
  if (logins.length > 0) {
    return ok('providers', `${name}: ${lack.what}; ${logins.join(', ')} can do without, with a login`);
  }
  const hint = `${lack.hint}; [providers.${name}] in governed.toml says where the key is`;
  return worthKnowing('providers', `${name}: ${lack.what}`, hint);
}

/** Agents with a login of their own; none where others beside them need the key. */
function loginsFor(provider: string, { agents }: Rules): readonly string[] {
  const ofProvider = [...agents.values()].filter(
    ({ adapter, auth }) =>
      adapter === ADAPTER_OF[provider] || (adapter === 'command' && auth === 'subscription'),
  );
  if (ofProvider.some(({ auth }) => auth === 'key')) return [];
  return ofProvider.map(({ id }) => id).sort();
}

function whereFound(key: KeyReference): string {
  if ('env' in key) return `its key is in ${key.env}`;
  return 'file' in key
    ? `its key is in ${key.file}`
    : `its key is asked of ${key.command[0] ?? ''}, which was not started`;
}

function whatLacks(key: KeyReference, place: Place): Lack | null {
  if ('env' in key) return lackOfVariable(key.env, place);
  return 'file' in key ? lackOfFile(key.file, place) : lackOfProgram(key.command[0] ?? '', place);
}

function lackOfVariable(name: string, { env }: Place): Lack | null {
  const hint = `export ${name} where \`governed-agents run\` is started`;
  const value = env[name];
  if (value === undefined) return { what: `${name}, which should hold its key, is not set here`, hint };
  return value.trim() === '' ? { what: `${name}, which should hold its key, is empty`, hint } : null;
}

function lackOfFile(file: string, place: Place): Lack | null {
  const path = keyFilePath(file, place);
  const which = `${path}, which should hold its key,`;
  const hint = 'put the key there, for this user alone to read';
  try {
    if (readFileSync(path, 'utf8').trim() === '') return { what: `${which} is empty`, hint };
    if ((statSync(path).mode & 0o077) === 0) return null;
  } catch (error) {
    const code = faultCode(error);
    if (code === null) throw error;
    return { what: `${which} can't be read (${code})`, hint };
  }
  const closing = `chmod go= ${path}, and replace the key if others may have read it`;
  const what = `${path}, which holds its key, is open to other users of this machine`;
  return { what, hint: closing, isThere: true };
}

function lackOfProgram(program: string, { projectDir }: Place): Lack | null {
  const isThere = program.includes('/') ? isProgram(resolve(projectDir, program)) : onPath(program) !== null;
  const hint = `install ${program}, or write its whole path`;
  return isThere ? null : { what: `${program}, which should print its key, is not on this machine`, hint };
}
