// Sets single facts of the state and keeps the content of every accepted set of rules.
import type { Store } from '../open.ts';
import type { MetaKey, RuleFileRow } from '../read/meta.ts';

export function writeMeta(store: Store, key: MetaKey, value: string): void {
  const sql =
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';
  store.statement(sql).run(key, value);
}

export function insertRuleSet(
  store: Store,
  set: { readonly hash: string; readonly acceptedAtMs: number; readonly acceptedBy: string },
  files: Iterable<RuleFileRow>,
): void {
  const inserted = store
    .statement(
      `INSERT INTO rule_sets (hash, accepted_at_ms, accepted_by) VALUES (?, ?, ?)
       ON CONFLICT (hash) DO UPDATE SET accepted_at_ms = excluded.accepted_at_ms, accepted_by = excluded.accepted_by`,
    )
    .run(set.hash, set.acceptedAtMs, set.acceptedBy);
  if (inserted.changes === 0) return;
  const file = store.statement(
    'INSERT OR IGNORE INTO rule_files (rules_hash, path, executable, content) VALUES (?, ?, ?, ?)',
  );
  for (const { path, executable, content } of files) file.run(set.hash, path, executable, content);
}
