// What is said of a cap that something does not fit under, and the command that makes room for it: with a limit that can be typed as it stands.
import { amountText, roundLimit } from '../../core/ledger/amount-text.ts';
import { type CapState, capName } from '../../core/ledger/caps.ts';
import { formatUsdApart, toUsd } from '../../core/ledger/money.ts';
import { grouped } from '../../core/thousands.ts';
import type { RunRow } from '../../store/read/runs.ts';

export interface AtCap {
  readonly state: CapState;
  /** Micro-dollars or a count, by the cap's unit. */
  readonly asked: number;
  readonly left: number;
}

/** As much of a run as names whose cap it is; null for what the operator spends. */
export type WhoseCap = Pick<RunRow, 'agent_id' | 'group_name'> | null;

/** "over run_usd: asks for up to $0.81, $0.02 of $0.50 left". */
export function describeCap(run: WhoseCap, { state, asked, left }: AtCap): string {
  const { cap, owner } = state;
  const whose =
    owner === 'project' ? ' of the project' : owner === 'group' ? ` of the group ${run?.group_name}` : '';
  const [askedText, leftText] =
    cap.unit === 'usd' ? formatUsdApart(asked, left) : [amountText(asked, cap.unit), grouped(left)];
  const limit = cap.unit === 'usd' ? amountText(cap.limit, 'usd') : grouped(cap.limit);
  const room = cap.period === 'call' ? `at most ${leftText} a call` : `${leftText} of ${limit} left`;
  return `over ${capName(cap)}${whose}: asks for up to ${askedText}, ${room}`;
}

/** The limit in it lets through what was asked for, beside what stands against the cap already. */
export function howToRaise(run: WhoseCap, { state, asked }: Pick<AtCap, 'state' | 'asked'>): string {
  const { cap, owner, posted, reserved } = state;
  const agent = run === null ? '' : ` ${run.agent_id}`;
  const whose =
    owner === 'project' ? ' --of project' : owner === 'group' ? ` --of group:${run?.group_name}` : agent;
  const limit = roundLimit(Math.max(posted + reserved + asked, cap.limit + 1));
  const shown = cap.unit === 'usd' ? toUsd(limit) : limit;
  const unit = cap.unit.replace('_', '-');
  return `raise it with \`governed-agents budget raise${whose} --tier ${cap.period} --${unit} ${shown}\``;
}
