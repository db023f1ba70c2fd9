// An [executors.ACTION] table: a command, a module, or one of the ready executors with what it may do.
import * as z from 'zod';
import type { ExecutorRules, ReadySettings } from '../../core/rules/program-rules.ts';
import { fieldIssue, oneOf } from './field.ts';
import { checkStart, programKeys, programRules, startOf } from './program-table.ts';
import { readyKeys } from './ready-table.ts';

const DEFAULT_TIMEOUT_MS = 60_000;

type SettingKey = keyof typeof readyKeys;

/** The settings of each, those it needs first. */
const SETTINGS = {
  'http-request': { needs: ['hosts'], takes: ['methods', 'headers'] },
  'git-push': { needs: ['remotes', 'branches'], takes: ['repository', 'force', 'token'] },
  'write-file': { needs: ['folders'], takes: ['overwrite'] },
} as const satisfies Record<
  string,
  { readonly needs: readonly SettingKey[]; readonly takes: readonly SettingKey[] }
>;

const READY = ['http-request', 'git-push', 'write-file'] as const;

export const executorTable = z
  .strictObject({ ...programKeys, use: oneOf(READY).optional(), ...readyKeys })
  .superRefine((table, context) => {
    const { run, module, use } = table;
    checkStart({ run, module, use }, context);
    const settings = use === undefined ? null : SETTINGS[use];
    const needs: readonly SettingKey[] = settings?.needs ?? [];
    const known: readonly SettingKey[] = [...needs, ...(settings?.takes ?? [])];
    for (const key of Object.keys(readyKeys) as SettingKey[]) {
      const isGiven = table[key] !== undefined;
      const problem =
        isGiven && !known.includes(key)
          ? { message: use === undefined ? 'is a setting of a ready executor' : `is no setting of ${use}` }
          : !isGiven && needs.includes(key)
            ? { message: 'is missing' }
            : null;
      if (problem === null) continue;
      const hint = use === undefined ? 'name one: use = "http-request"' : `${use} takes ${known.join(', ')}`;
      context.addIssue({ ...fieldIssue({ ...problem, hint }), path: [key] });
    }
  });

type ExecutorTable = z.output<typeof executorTable>;

export function executorRules(actionType: string, table: ExecutorTable): ExecutorRules {
  const settings = settingsOf(table);
  const start = settings === null ? startOf(table) : ({ kind: 'ready', settings } as const);
  const pass = settings === null ? [] : variablesOf(settings);
  return { actionType, ...programRules(table, start, { timeoutMs: DEFAULT_TIMEOUT_MS, pass }) };
}

function settingsOf(table: ExecutorTable): ReadySettings | null {
  switch (table.use) {
    case 'http-request':
      return {
        use: 'http-request',
        hosts: table.hosts ?? [],
        methods: table.methods ?? ['POST'],
        headers: table.headers ?? {},
      };
    case 'git-push':
      return {
        use: 'git-push',
        repository: table.repository ?? '.',
        remotes: table.remotes ?? {},
        branches: table.branches ?? [],
        force: table.force ?? false,
        token:
          table.token === undefined
            ? null
            : { env: table.token.env, username: table.token.username ?? 'git' },
      };
    case 'write-file':
      return { use: 'write-file', folders: table.folders ?? [], overwrite: table.overwrite ?? false };
    default:
      return null;
  }
}

/** What the program reads its secrets from. */
function variablesOf(settings: ReadySettings): string[] {
  if (settings.use === 'git-push') return settings.token === null ? [] : [settings.token.env];
  if (settings.use !== 'http-request') return [];
  return Object.values(settings.headers).flatMap((value) => (typeof value === 'string' ? [] : [value.env]));
}
