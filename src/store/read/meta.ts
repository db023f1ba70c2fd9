// Single facts about the state: whose it is, which rules are in force, whether the kill switch is on.
import type { Store } from '../open.ts';

export type MetaKey =
  | 'notified_seq'
  | 'project_id'
  | 'host_id'
  | 'rules_hash'
  | 'kill_switch'
  | 'created_at'
  | 'confinement';

export function readMeta(store: Store, key: MetaKey): string | null {
  const row = store.statement('SELECT value FROM meta WHERE key = ?').get(key) as
    | { value: string }
    | undefined;
  return row?.value ?? null;
}

export interface KillSwitch {
  readonly on: boolean;
  readonly reason: string | null;
  readonly sinceMs: number | null;
}

export function readKillSwitch(store: Store): KillSwitch {
  const text = readMeta(store, 'kill_switch');
  return text === null ? { on: false, reason: null, sinceMs: null } : (JSON.parse(text) as KillSwitch);
}

export interface RuleSetRow {
  readonly hash: string;
  readonly accepted_at_ms: number;
  readonly accepted_by: string;
}

export function readRuleSet(store: Store, hash: string): RuleSetRow | null {
  const sql = 'SELECT hash, accepted_at_ms, accepted_by FROM rule_sets WHERE hash = ?';
  return (store.statement(sql).get(hash) as RuleSetRow | undefined) ?? null;
}

export interface RuleFileRow {
  readonly path: string;
  readonly executable: number;
  readonly content: Buffer;
}

export function readRuleFiles(store: Store, hash: string): RuleFileRow[] {
  const sql = 'SELECT path, executable, content FROM rule_files WHERE rules_hash = ? ORDER BY path';
  return store.statement(sql).all(hash) as RuleFileRow[];
}
