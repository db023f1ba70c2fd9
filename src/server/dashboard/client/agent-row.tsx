// One agent of the overview: its state and why, its spend against its tightest cap and over time, its counts, and the means to stop it or to
// give it more.
import { useEffect, useRef } from 'preact/hooks';
import type { WireScoreboardRow } from '../../wire/record.ts';
import type { WireSpend } from '../../wire/spend.ts';
import { AgentCaps } from './agent-caps.tsx';
import { Badge, StatusBadge } from './badges.tsx';
import type { Board } from './board.ts';
import { CapPause } from './cap-pause.tsx';
import { noLastingCap } from './cap-words.ts';
import { KeyInAgent } from './key-in-agent.tsx';
import { formatCount } from './money.ts';
import { pauseReason } from './pause-reason.ts';
import { isPausedAgent } from './paused.ts';
import { Purpose } from './purpose.tsx';
import { SpendBar } from './spend-bar.tsx';
import { SpendChart } from './spend-chart.tsx';
import { SpendDetail } from './spend-detail.tsx';
import { slotViews } from './spend-history.ts';
import { type StopAction, StopControls } from './stop-controls.tsx';
import { TierBadge, TierReason } from './tier.tsx';
import { Visible } from './visible.tsx';

const ACTIONS: Readonly<Partial<Record<string, readonly StopAction[]>>> = {
  paused: ['resume', 'kill'],
  killed: ['resume'],
};

interface AgentRowProps {
  readonly board: Board;
  readonly row: WireScoreboardRow;
  readonly spend: WireSpend | null;
  /** Its caps are shown. */
  readonly isOpen: boolean;
  /** Somebody asked for its caps elsewhere on the page. */
  readonly isWanted: boolean;
}

export function AgentRow({ board, row, spend, isOpen, isWanted }: AgentRowProps) {
  const history = spend?.items.find((each) => each.agent_id === row.agent_id);
  const slots = spend === null ? [] : slotViews(spend, history);
  const caps = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    if (!isWanted) return;
    caps.current?.scrollIntoView({ block: 'center' });
    caps.current?.querySelector('summary')?.focus();
    board.foundCaps();
  }, [isWanted]);
  return (
    <li class={`agent${row.flags > 0 ? ' flagged' : ''}`}>
      <div class="agent-name">
        <h3 tabIndex={-1} data-paused={isPausedAgent(row) || undefined}>
          <Visible text={row.agent_id} />
        </h3>
        <Purpose text={row.purpose} />
        <div class="badges">
          <StatusBadge status={row.status} />
          <TierBadge tier={row.tier} />
          <KeyInAgent has={row.key_in_agent} />
          {row.flags > 0 && (
            <Badge tone="danger" text={row.flags === 1 ? '⚑ 1 flag' : `⚑ ${row.flags} flags`} />
          )}
        </div>
        {row.paused_reason !== null && (
          <p class="paused-reason">
            <Visible text={pauseReason(row.paused_reason)} />
          </p>
        )}
        {row.pause_source === 'cap' && (
          <CapPause board={board} agentId={row.agent_id} reason={row.paused_reason} />
        )}
        <TierReason tier={row.tier} reason={row.tier_reason} />
      </div>
      <div class="agent-spend">
        <SpendBar
          spentMicroUsd={row.spent_micro_usd}
          reservedMicroUsd={row.reserved_micro_usd}
          capMicroUsd={row.usd_cap === null ? null : Math.round(row.usd_cap * 1_000_000)}
          capName={row.cap_tier}
          withoutCap={noLastingCap(row)}
          isNotional={row.key_in_agent}
        />
        {spend !== null && (
          <SpendChart per={spend.per} slots={slots} size="small" isNotional={row.key_in_agent} />
        )}
      </div>
      <dl class="figures">
        <Figure name="Runs" value={row.runs} more={row.runs_live > 0 ? `${row.runs_live} live` : null} />
        <Figure
          name="Proposals"
          value={row.proposals}
          more={row.proposals_pending > 0 ? `${row.proposals_pending} waiting` : null}
        />
        <Figure name="Refused" value={row.proposals_refused} more={null} />
        <Figure name="Pauses" value={row.pauses} more={null} />
        <Figure name="Model calls" value={row.llm_calls} more={null} />
        <Figure name="Tokens" value={row.tokens} more={null} />
      </dl>
      <StopControls
        board={board}
        kind="agents"
        id={row.agent_id}
        actions={ACTIONS[row.status] ?? ['pause', 'kill']}
      />
      <details
        ref={caps}
        class="agent-more"
        open={isOpen}
        onToggle={(event) => {
          if (event.currentTarget.open !== isOpen) board.showCaps(row.agent_id, event.currentTarget.open);
        }}
      >
        <summary>Caps and spend over time</summary>
        {isOpen && (
          <div class="agent-detail">
            <AgentCaps board={board} agentId={row.agent_id} freshness={freshnessOf(row)} />
            {spend !== null && <SpendDetail per={spend.per} slots={slots} isNotional={row.key_in_agent} />}
          </div>
        )}
      </details>
    </li>
  );
}

/** Another text when what stands against its caps, or the caps themselves, may be other than before. */
function freshnessOf(row: WireScoreboardRow): string {
  const { spent_micro_usd: spent, reserved_micro_usd: reserved, usd_cap: cap, status, runs_live: live } = row;
  return [spent, reserved, cap, status, live, row.llm_calls, row.tool_calls].join(' ');
}

function Figure(props: { readonly name: string; readonly value: number; readonly more: string | null }) {
  return (
    <div class="figure">
      <dt>{props.name}</dt>
      <dd>
        {formatCount(props.value)}
        {props.more !== null && <span class="more">{props.more}</span>}
      </dd>
    </div>
  );
}
