// policy explain: one action against the rules in force.
import { closest } from '../../config/entry.ts';
import { InputError } from '../../core/fault.ts';
import { decide } from '../../core/policy/decide.ts';
import type { Effect } from '../../core/policy/decision.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { severity } from '../show/proposals.ts';
import type { Paint } from '../terminal.ts';
import { timeOption } from '../time-option.ts';
import { readRulesInForce } from './read-in-force.ts';

export interface ExplainOptions {
  readonly payload?: string;
  readonly agent?: string;
  readonly at?: string;
  readonly irreversible?: boolean;
}

export function explainAction(
  project: Project,
  output: Output,
  action: string,
  options: ExplainOptions,
): void {
  const rules = readRulesInForce(project);
  checkOptions(rules, options);
  const decision = decide(
    rules.policy,
    {
      action,
      reversible: options.irreversible === true ? false : null,
      requiresApproval: null,
    },
    { nowMs: Date.now(), agent: null, detector: null, use: () => null },
  );
  output.data(decision);
  const { paint } = output;
  output.line(`${effect(decision.effect, paint)}  ${action}  ${severity(decision.severity, paint)}`);
  output.line(`  rule  ${decision.rule}`);
  for (const reason of decision.reasons) output.line(`  why   ${reason}`);
  if (options.payload !== undefined || options.at !== undefined || options.agent !== undefined) {
    output.note(
      '  the lists of policy.toml look at the action type alone: payload, agent and time change nothing yet',
    );
  }
}

function checkOptions(rules: Rules, options: ExplainOptions): void {
  if (options.at !== undefined) timeOption('--at', options.at, Date.now());
  if (options.payload !== undefined) checkJson(options.payload);
  if (options.agent === undefined || rules.agents.has(options.agent)) return;
  const known = [...rules.agents.keys()].sort();
  const meant = closest(options.agent, known);
  throw new InputError({
    code: 'unknown_agent',
    message: `there is no accepted agent ${JSON.stringify(options.agent)}`,
    hint: `${meant === null ? '' : `did you mean ${meant}? `}agents: ${known.join(', ') || 'none'}`,
  });
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new InputError({
      code: 'usage',
      message: `--payload is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      hint: `quote it for the shell: --payload '{"amount": 500}'`,
    });
  }
}

function effect(word: Effect, paint: Paint): string {
  if (word === 'allow') return paint.green(word);
  return word === 'deny' ? paint.red(word) : paint.yellow(word);
}
