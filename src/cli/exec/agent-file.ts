// The agent that stands for one program in one folder under one set of limits. The same call from the same folder is the same agent,
// so that its spend adds up; what is new starts under the caps of the whole user-level project.
import { basename } from 'node:path';
import { sha256Hex } from '../../core/canonical.ts';
import { cutText } from '../../core/cut-text.ts';
import { grouped } from '../../core/thousands.ts';
import type { ExecWish } from './exec-wish.ts';

export interface ExecAgent {
  readonly id: string;
  readonly toml: string;
  /** Its system prompt; null: none. */
  readonly instructions: string | null;
}

export interface ExecAgentInput {
  readonly program: string;
  readonly adapter: 'command' | 'claude' | 'codex';
  readonly folder: string;
  readonly wish: ExecWish;
  readonly model: string | null;
  readonly auth: 'key' | 'subscription';
  readonly instructions: string | null;
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Allowed whatever was said about tools. */
  readonly harmless: readonly string[];
}

/** What reads, and does nothing else: allowed in the folder when nothing was said about tools. Codex reads with commands alone. */
const READING = ['Read(**)', 'Glob', 'Grep', 'LS', 'TodoWrite'];
const CODEX_READING = ['Bash(pwd)', 'Bash(ls)', 'Bash(ls *)'];
/** What acts waits for a person then. */
const ACTING = ['Bash', 'Edit', 'MultiEdit', 'NotebookEdit', 'WebFetch', 'Write', 'Agent'];
/** In what the agent is for; the whole list stands in its file. */
const LONGEST_OPTION = 48;
const PASSED = ['PATH', 'LANG', 'LC_ALL', 'TERM', 'COLORTERM', 'TZ', 'USER', 'SHELL', 'NO_COLOR'];

export function execAgent(input: ExecAgentInput): ExecAgent {
  const { program, adapter, folder, wish, model } = input;
  const isSilent = wish.tools === null && input.allow.length === 0;
  const reading = adapter === 'codex' ? CODEX_READING : READING;
  const said = isSilent ? reading : [...(wish.tools ?? []), ...input.allow];
  const allow = [...said, ...input.harmless];
  const lines = [
    '# Written by `governed-agents exec` for one program in one folder; edits are overwritten.',
    `adapter = ${text(adapter)}`,
    'any_command = true',
    `cwd = ${text(folder)}`,
    'concurrent = 16',
    ...(input.auth === 'key' ? [] : [`auth = ${text(input.auth)}`]),
    ...(model === null ? [] : [`model = ${text(model)}`]),
    ...(wish.maxOutputTokens === null ? [] : [`max_output_tokens = ${wish.maxOutputTokens}`]),
    '[tools]',
    `allow = ${list(allow)}`,
    `require_approval = ${list(isSilent && adapter !== 'command' ? ACTING : [])}`,
    `deny = ${list(input.deny)}`,
    '[confine]',
    `mode = ${text(wish.confine)}`,
    '[budget]',
    ...(wish.budgetTokens === null ? [] : [`run_tokens = ${wish.budgetTokens}`]),
    'on_cap = "end"',
    ...(wish.timeout === null ? [] : ['[limits]', `timeout = ${text(wish.timeout)}`]),
    '[env]',
    `pass = ${list(PASSED)}`,
    '[profile]',
    `purpose = ${text(purposeOf(input))}`,
  ];
  const toml = `${lines.join('\n')}\n`;
  const id = `${slug(basename(program))}-${sha256Hex(toml).slice(0, 8)}`;
  return { id, toml, instructions: input.instructions };
}

/** What tells it from the other agents of the same program in the same folder: the options that it was started with. */
function purposeOf({ program, folder, wish, model, allow, deny }: ExecAgentInput): string {
  const tools = [...(wish.tools ?? []), ...allow];
  return [
    `${basename(program)} in ${folder}`,
    ...(model === null ? [] : [`model ${model}`]),
    ...(tools.length === 0 ? [] : [`tools ${cutText(tools.join(','), LONGEST_OPTION)}`]),
    ...(deny.length === 0 ? [] : [`without ${cutText(deny.join(','), LONGEST_OPTION)}`]),
    ...(wish.confine === 'auto' ? [] : [`confine ${wish.confine}`]),
    ...(wish.budgetTokens === null ? [] : [`${grouped(wish.budgetTokens)} tokens`]),
    ...(wish.maxOutputTokens === null ? [] : [`${grouped(wish.maxOutputTokens)} an answer`]),
    ...(wish.timeout === null ? [] : [`timeout ${wish.timeout}`]),
  ].join(', ');
}

function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .slice(0, 40);
  return /^[a-z0-9]/.test(plain) ? plain : `x${plain}`;
}

function list(items: readonly string[]): string {
  return `[${items.map(text).join(', ')}]`;
}

/** JSON's strings are TOML's, but for one character. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}
