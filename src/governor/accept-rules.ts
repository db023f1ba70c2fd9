// Puts a set of governing files in force: its content is kept, so that what holds is what was accepted and not what a file says by now.
import type { Actor } from '../core/audit/event.ts';
import { sha256Hex } from '../core/canonical.ts';
import type { RuleFileRow } from '../store/read/meta.ts';
import { insertRuleSet } from '../store/write/meta.ts';
import { endRaises } from './ledger/end-raises.ts';
import type { Transaction } from './transaction.ts';

export interface AcceptInput {
  readonly hash: string;
  readonly files: readonly RuleFileRow[];
  readonly actor: Actor;
}

/** False when this very set is in force already. The caller has parsed the files without a problem. */
export function acceptRules(tx: Transaction, input: AcceptInput): boolean {
  if (tx.rulesHash === input.hash) return false;
  const set = { hash: input.hash, acceptedAtMs: tx.nowMs, acceptedBy: input.actor.kind };
  insertRuleSet(tx.store, set, input.files);
  tx.emit({
    eventType: 'rules_accepted',
    actor: input.actor,
    payload: {
      rules_hash: input.hash,
      previous: tx.rulesHash,
      files: Object.fromEntries(input.files.map((file) => [file.path, sha256Hex(file.content)])),
    },
  });
  tx.putInForce(input.hash);
  endRaises(tx);
  return true;
}

/** Says that governing files were edited and wait for `accept`; the accepted ones hold meanwhile. */
export function recordRulesChanged(
  tx: Transaction,
  input: { readonly hash: string; readonly paths: readonly string[] },
): void {
  tx.emit({
    eventType: 'rules_changed',
    actor: { kind: 'server', id: null },
    payload: { edited_hash: input.hash, in_force: tx.rulesHash, paths: input.paths },
  });
}
