// Every agent's spend against its cap, its runs, proposals, pauses and flags, with the means to stop it.
import type { WireScoreboard, WireScoreboardRow } from '../../wire/record.ts';
import { Badge, StatusBadge, TierBadge } from './badges.tsx';
import type { Board } from './board.ts';
import { formatCount } from './money.ts';
import { SpendBar } from './spend-bar.tsx';
import { type StopAction, StopControls } from './stop-controls.tsx';
import { Visible } from './visible.tsx';

const ACTIONS: Readonly<Partial<Record<string, readonly StopAction[]>>> = {
  paused: ['resume', 'kill'],
  killed: ['resume'],
};

export function Scoreboard(props: { readonly board: Board; readonly scoreboard: WireScoreboard | null }) {
  const { board, scoreboard } = props;
  return (
    <section id="agents" class="panel" aria-labelledby="agents-title">
      <div class="panel-head">
        <h2 id="agents-title">
          Agents <span class="count">{scoreboard?.items.length ?? 0}</span>
        </h2>
        {scoreboard !== null && <ProjectSpend project={scoreboard.project} />}
      </div>
      {scoreboard === null && <p class="empty">Reading the scoreboard…</p>}
      {scoreboard?.items.length === 0 && (
        <p class="empty">
          <strong>No agent yet.</strong> An agent is a folder <code>agents/NAME/</code> with an{' '}
          <code>agent.toml</code>; <code>governed-agents init</code> makes an example.
        </p>
      )}
      {scoreboard !== null && scoreboard.items.length > 0 && (
        <ul class="agents">
          {scoreboard.items.map((row) => (
            <AgentRow key={row.agent_id} board={board} row={row} />
          ))}
        </ul>
      )}
    </section>
  );
}

function ProjectSpend(props: { readonly project: WireScoreboard['project'] }) {
  const { project } = props;
  const tier = project.tiers
    .filter((entry) => entry.unit === 'usd')
    .reduce<WireScoreboard['project']['tiers'][number] | null>(
      (tightest, entry) =>
        tightest === null || entry.remaining_pct < tightest.remaining_pct ? entry : tightest,
      null,
    );
  return (
    <div class="project-spend">
      <span class="muted">Whole project</span>
      <SpendBar
        spentMicroUsd={tier?.posted ?? project.spent_micro_usd}
        reservedMicroUsd={tier?.reserved ?? project.reserved_micro_usd}
        capMicroUsd={tier?.cap ?? null}
        capName={tier?.tier ?? null}
      />
    </div>
  );
}

function AgentRow(props: { readonly board: Board; readonly row: WireScoreboardRow }) {
  const { board, row } = props;
  return (
    <li class={`agent${row.flags > 0 ? ' flagged' : ''}`}>
      <div class="agent-name">
        <h3>{row.agent_id}</h3>
        <div class="badges">
          <StatusBadge status={row.status} />
          <TierBadge tier={row.tier} />
          {row.flags > 0 && (
            <Badge tone="danger" text={row.flags === 1 ? '⚑ 1 flag' : `⚑ ${row.flags} flags`} />
          )}
        </div>
        {row.paused_reason !== null && (
          <p class="paused-reason">
            <Visible text={row.paused_reason} />
          </p>
        )}
      </div>
      <SpendBar
        spentMicroUsd={row.spent_micro_usd}
        reservedMicroUsd={row.reserved_micro_usd}
        capMicroUsd={row.usd_cap === null ? null : Math.round(row.usd_cap * 1_000_000)}
        capName={row.cap_tier}
      />
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
        <Figure name="Tokens" value={row.tokens_consumed} more={null} />
      </dl>
      <StopControls
        board={board}
        kind="agents"
        id={row.agent_id}
        actions={ACTIONS[row.status] ?? ['pause', 'kill']}
      />
    </li>
  );
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
