// Scene: an agent that never has enough. Every call is reserved before it leaves; at the cap the next one is not sent.
import type { Stage } from '../stage.ts';

export interface OverspendFacts {
  readonly cap_micro_usd: number;
  readonly ledger_micro_usd: number;
  readonly provider_micro_usd: number;
  readonly provider_calls: number;
  readonly overshoot_micro_usd: number;
  readonly exit_code: number | null;
}

const CAP_MICRO_USD = 50_000;

export async function overspend(stage: Stage): Promise<OverspendFacts> {
  const { narrator, world } = stage;
  narrator.scene('An agent that never has enough: a cap of $0.05, against a scripted provider');
  const run = await stage.governed(['run', 'spender']);
  const exitCode = await run.ended;
  const budget = await stage.operator().budget('spender');
  const usd = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(6)}`;
  const overshoot = Math.max(0, world.bill.microUsd - CAP_MICRO_USD);
  narrator.said(
    `the ledger:          ${usd(budget.spent_micro_usd)}, ${usd(budget.reserved_micro_usd)} still reserved`,
  );
  narrator.said(`the provider's bill: ${usd(world.bill.microUsd)} for ${world.bill.calls} calls`);
  const equal = budget.spent_micro_usd === world.bill.microUsd;
  narrator[equal && overshoot === 0 ? 'good' : 'bad'](
    `stopped at its cap (exit ${exitCode}); both counts ${equal ? 'agree' : 'DIFFER'}, overshoot ${usd(overshoot)}`,
  );
  return {
    cap_micro_usd: CAP_MICRO_USD,
    ledger_micro_usd: budget.spent_micro_usd,
    provider_micro_usd: world.bill.microUsd,
    provider_calls: world.bill.calls,
    overshoot_micro_usd: overshoot,
    exit_code: exitCode,
  };
}
