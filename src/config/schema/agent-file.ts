// The shape of agents/<id>/agent.toml, and of [defaults] in governed.toml, which stands under every agent's own settings.
import * as z from 'zod';
import { parseToolPattern } from '../../core/policy/tool-pattern.ts';
import { budgetTable } from './budget-table.ts';
import { envTable } from './env-table.ts';
import {
  command,
  duration,
  emptyFor,
  field,
  fieldIssue,
  line,
  lines,
  notYet,
  oneOf,
  shown,
  wholeNumber,
} from './field.ts';
import { mayTable } from './may-table.ts';

const USE_COMMAND = 'use adapter = "command" with any program that speaks to its gateway';

const pattern = z.unknown().transform((value, context): string => {
  const parsed = typeof value === 'string' ? parseToolPattern(value) : null;
  if (parsed?.result === 'pattern') return parsed.pattern.text;
  const why =
    parsed === null
      ? `must be text, not ${shown(value)}`
      : `is no tool pattern: ${shown(value)} ${parsed.problem}`;
  context.addIssue(
    fieldIssue({ message: why, hint: 'write a tool’s name, or a name with a pattern: "Bash(npm test)"' }),
  );
  return z.NEVER;
});

const patterns = z.array(pattern);

const adapter = oneOf(['command', 'claude', 'codex'], USE_COMMAND);

const yesOrNo = field('true or false', 'write it without quotes', (value) =>
  typeof value === 'boolean' ? value : undefined,
);

const auth = oneOf(['key', 'subscription']);

/** Relative and nowhere above the agent's folder, or the absolute path of the one that the agent works in instead. */
const folder = field('a folder inside the agent’s own', 'write for example cwd = "workspace"', (value) => {
  if (typeof value !== 'string' || !/^[^\0\\]+$/.test(value)) return undefined;
  if (value.startsWith('/')) return isPlainAbsolute(value) ? value : undefined;
  const parts = value.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/') || '.';
});

function isPlainAbsolute(path: string): boolean {
  return (
    path !== '/' &&
    path
      .slice(1)
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

const labelName = z.string().superRefine((name, context) => {
  if (/^[\w.-]{1,64}$/.test(name)) return;
  context.addIssue(fieldIssue({ message: 'is not a label’s name', hint: 'use letters, digits, _ . and -' }));
});

const tables = {
  tools: z
    .strictObject({
      allow: patterns.optional(),
      require_approval: patterns.optional(),
      deny: patterns.optional(),
    })
    .optional(),
  budget: budgetTable.optional(),
  limits: z
    .strictObject({
      timeout: duration.optional(),
      errors: wholeNumber(1, 1_000_000).optional(),
      iterations: notYet(
        'a limit on the turns of an agent',
        'use timeout, or [budget] run_llm_calls',
      ).optional(),
      silence: notYet('a limit on silence', 'use timeout').optional(),
    })
    .optional(),
  confine: z
    .strictObject({
      mode: oneOf(['auto', 'required', 'off']).optional(),
      write: lines('folders', 'write for example write = ["data/out"], from the project’s folder').optional(),
      hosts: emptyFor('outbound network for chosen hosts', 'leave hosts out').optional(),
    })
    .optional(),
  credentials: z
    .strictObject({ scopes: emptyFor('credentials for runs', 'leave [credentials] out').optional() })
    .optional(),
  env: envTable.optional(),
  may: mayTable.optional(),
  labels: z.record(labelName, line('write the label’s value in quotes')).optional(),
  profile: z.strictObject({ purpose: line('write a sentence in quotes').optional() }).optional(),
};

const scalars = {
  model: line('write the model’s name in quotes').optional(),
  models: lines('model names, * allowed', 'write for example ["claude-*"]').optional(),
  // OpenAI takes no less than 16, and no model answers with more than a million.
  max_output_tokens: wholeNumber(16, 1_000_000, 16_000).optional(),
  risk: oneOf(['low', 'medium', 'high', 'critical']).optional(),
  concurrent: wholeNumber(1, 1_000).optional(),
};

export const agentFile = z
  .strictObject({
    adapter,
    command: command('write for example command = ["node", "agent.mjs"]').optional(),
    any_command: yesOrNo.optional(),
    auth: auth.optional(),
    cwd: folder.optional(),
    ...scalars,
    ...tables,
  })
  .superRefine((file, context) => {
    if (file.cwd?.startsWith('/') === true && file.any_command !== true) {
      const message = 'must be a folder inside the agent’s own; another one is for agents with any_command';
      context.addIssue({
        ...fieldIssue({ message, hint: 'write for example cwd = "workspace"' }),
        path: ['cwd'],
      });
    }
    // An agent CLI is found by its adapter's name; any other program must be named.
    if (file.command !== undefined || file.adapter !== 'command' || file.any_command) return;
    const hint = 'write for example command = ["node", "agent.mjs"]';
    context.addIssue({ ...fieldIssue({ message: 'is missing', hint }), path: ['command'] });
  });

export const defaultsTable = z.strictObject({ ...scalars, ...tables });

export type AgentFile = z.output<typeof agentFile>;
export type DefaultsTable = z.output<typeof defaultsTable>;
