// Every agent's spend against its cap and over time, its runs, proposals, pauses and flags, with the means to stop it; above them the whole
// project's.
import type { WireScoreboard } from '../../wire/record.ts';
import { AgentRow } from './agent-row.tsx';
import type { Board } from './board.ts';
import type { BoardState } from './board-state.ts';
import { Groups } from './groups.tsx';
import { SpendBar } from './spend-bar.tsx';
import { SpendChart } from './spend-chart.tsx';
import { periodName, type SpendPer, slotViews } from './spend-history.ts';

export function Scoreboard(props: { readonly board: Board; readonly state: BoardState }) {
  const { board, state } = props;
  const { scoreboard, spend } = state;
  return (
    <section id="agents" class="panel" aria-labelledby="agents-title">
      <div class="panel-head">
        <h2 id="agents-title">
          Agents <span class="count">{scoreboard?.items.length ?? 0}</span>
        </h2>
        {scoreboard !== null && (
          <div class="project-spend">
            <span class="muted">Whole project</span>
            <ProjectSpend project={scoreboard.project} />
            {spend !== null && (
              <SpendChart
                per={spend.per}
                slots={slotViews(spend, spend.project)}
                size="small"
                isNotional={false}
              />
            )}
            <PerChoice per={state.spendPer} onChoose={board.showSpendPer} />
          </div>
        )}
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
            <AgentRow
              key={row.agent_id}
              board={board}
              row={row}
              spend={spend}
              isOpen={state.shownCaps.has(row.agent_id)}
              isWanted={state.wantedCaps === row.agent_id}
            />
          ))}
        </ul>
      )}
      {scoreboard !== null && <Groups board={board} groups={scoreboard.groups} />}
    </section>
  );
}

const PERS: readonly SpendPer[] = ['hour', 'day'];

function PerChoice(props: { readonly per: SpendPer; readonly onChoose: (per: SpendPer) => void }) {
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">Spend over time</legend>
      {PERS.map((per) => (
        <label key={per} class="segment">
          <input
            type="radio"
            name="spend-per"
            checked={props.per === per}
            onChange={() => props.onChoose(per)}
          />
          <span>{periodName(per)}</span>
        </label>
      ))}
    </fieldset>
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
    <SpendBar
      spentMicroUsd={tier?.posted ?? project.spent_micro_usd}
      reservedMicroUsd={tier?.reserved ?? project.reserved_micro_usd}
      capMicroUsd={tier?.cap ?? null}
      capName={tier?.tier ?? null}
      withoutCap="no dollar cap"
      isNotional={false}
    />
  );
}
