// How strongly a run is held: what its agent's rules ask for against what the runner found out by trying. Required and not confined is refused;
// nothing is ever called confined that was not found to be.
import type { Actor, Tier } from '../../core/audit/event.ts';
import type { AgentRules } from '../../core/rules/rules.ts';
import { readMeta } from '../../store/read/meta.ts';
import { writeMeta } from '../../store/write/meta.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Transaction } from '../transaction.ts';

/** What a runner's self-test found on its machine. */
export interface ConfinementFound {
  /** The same as long as nothing has changed that the finding depends on. */
  readonly key: string;
  readonly attempts: number;
  /** Attempts that were not held. */
  readonly escapes: readonly string[];
  readonly why: string | null;
  readonly hint: string | null;
}

export interface HeldTier {
  readonly result: 'held';
  readonly tier: Tier;
  /** Null when confined. */
  readonly tierReason: string | null;
}

export function tierOf(
  agent: AgentRules,
  found: { readonly tier: Tier; readonly confinement: ConfinementFound | null },
): HeldTier | Refused {
  const file = `agents/${agent.id}/agent.toml`;
  if (agent.confine.mode === 'off')
    return { result: 'held', tier: 'advisory', tierReason: `[confine] mode in ${file} is "off"` };
  if (found.tier === 'confined') return { result: 'held', tier: 'confined', tierReason: null };
  const why = found.confinement?.why ?? 'its runner found no jail';
  if (agent.confine.mode === 'auto') return { result: 'held', tier: 'advisory', tierReason: why };
  const isRisky = agent.risk === 'high' || agent.risk === 'critical';
  const asks = isRisky ? `its risk is ${agent.risk}` : `[confine] mode in ${file} is "required"`;
  const hint = found.confinement?.hint ?? 'see `governed-agents doctor`';
  return refused(
    'not_confined',
    `${agent.id} must be confined (${asks}), and can’t be here: ${why}`,
    `${hint.replace(/\.$/, '')}; or set [confine] mode = "auto" in ${file} and accept that it runs as you`,
  );
}

/** Recorded when it is another finding than the newest in the record. */
export function noteConfinement(tx: Transaction, tier: Tier, found: ConfinementFound, actor: Actor): void {
  const finding = `${tier} ${found.key}`;
  if (readMeta(tx.store, 'confinement') === finding) return;
  writeMeta(tx.store, 'confinement', finding);
  tx.emit({
    eventType: 'confinement_probed',
    actor,
    payload: {
      tier,
      attempts: found.attempts,
      escapes: found.escapes,
      ...(found.why === null ? {} : { why: found.why, hint: found.hint }),
    },
  });
}
