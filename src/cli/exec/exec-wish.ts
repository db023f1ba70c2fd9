// What the options of `exec` ask for, checked before anything is made or started.
import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { InputError } from '../../core/fault.ts';
import { parseDurationMs } from '../../core/time.ts';
import { operatorHome } from '../../runner/entry.ts';
import { isAmount } from '../raise-budget.ts';
import { splitPatterns } from './tool-patterns.ts';

export interface ExecOptions {
  readonly budgetUsd?: string;
  readonly budgetTokens?: string;
  readonly maxOutputTokens?: string;
  readonly timeout?: string;
  readonly tools?: string;
  readonly confine?: string;
}

export interface ExecWish {
  readonly budgetUsd: number;
  readonly budgetTokens: number | null;
  readonly maxOutputTokens: number | null;
  /** As it stands in agent.toml. */
  readonly timeout: string | null;
  /** Null: nothing was said. */
  readonly tools: readonly string[] | null;
  readonly confine: ConfineMode;
}

const CONFINE_MODES = ['auto', 'required', 'off'] as const;
type ConfineMode = (typeof CONFINE_MODES)[number];

const DEFAULT_BUDGET_USD = 5;

export function readWish(options: ExecOptions): ExecWish {
  const { budgetUsd, budgetTokens, maxOutputTokens, timeout, tools } = options;
  const confine = CONFINE_MODES.find((mode) => mode === (options.confine ?? 'auto'));
  if (confine === undefined) {
    const given = JSON.stringify(options.confine);
    throw usage(`--confine ${given} is none of ${CONFINE_MODES.join(', ')}`, '--confine required');
  }
  if (budgetUsd !== undefined && !isAmount(budgetUsd)) {
    throw usage(`--budget-usd ${JSON.stringify(budgetUsd)} is not an amount of dollars`, '--budget-usd 2.50');
  }
  if (budgetTokens !== undefined && !/^[1-9]\d{0,11}$/.test(budgetTokens)) {
    throw usage(
      `--budget-tokens ${JSON.stringify(budgetTokens)} is not a number of tokens`,
      '--budget-tokens 200000',
    );
  }
  if (maxOutputTokens !== undefined && !isOutputLimit(maxOutputTokens)) {
    throw usage(
      `--max-output-tokens ${JSON.stringify(maxOutputTokens)} is not a number of tokens from 16 to 1000000`,
      '--max-output-tokens 16000',
    );
  }
  if (timeout !== undefined && (parseDurationMs(timeout) ?? 0) <= 0) {
    throw usage(`--timeout ${JSON.stringify(timeout)} is not a time`, '--timeout 30m');
  }
  return {
    budgetUsd: budgetUsd === undefined ? DEFAULT_BUDGET_USD : Number(budgetUsd),
    budgetTokens: budgetTokens === undefined ? null : Number(budgetTokens),
    maxOutputTokens: maxOutputTokens === undefined ? null : Number(maxOutputTokens),
    timeout: timeout ?? null,
    tools: tools === undefined ? null : splitPatterns(tools, '--tools'),
    confine,
  };
}

function isOutputLimit(text: string): boolean {
  return /^\d{2,7}$/.test(text) && Number(text) >= 16 && Number(text) <= 1_000_000;
}

/** A home folder holds what no agent is to see, so it is worked in only where that was said. */
export function workingFolder({ confine }: ExecWish): string {
  const folder = process.cwd();
  if (!isAbsolute(folder) || folder === '/') {
    throw usage('exec works in a folder, and this is the root of everything', 'cd ~/project');
  }
  const home = operatorHome(process.env);
  const isWhole = existsSync(home) && `${realpathSync(home)}/`.startsWith(`${realpathSync(folder)}/`);
  if (confine === 'off' || !isWhole) return folder;
  throw new InputError({
    code: 'usage',
    message: `exec works in a folder of its own, and ${folder} holds your whole home; nothing was started`,
    hint: 'go to the project first, for example cd ~/project; or say --confine off, and the command reaches all that you reach',
  });
}

function usage(message: string, example: string): InputError {
  return new InputError({ code: 'usage', message, hint: `write for example ${example}` });
}
