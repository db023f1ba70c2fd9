// Every cap that an agent's calls are checked against, its live runs' and the project's included. Read when it is looked at, and again
// when the agent's figures change.
import { useEffect, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireBudget, WireRunBudgets } from '../../wire/record.ts';
import type { Board } from './board.ts';
import { CapList } from './cap-list.tsx';
import { capRows } from './cap-rows.ts';
import { ProblemNote } from './problem-note.tsx';

interface AgentCapsProps {
  readonly board: Board;
  readonly agentId: string;
  /** Another one when the agent's figures are other ones. */
  readonly freshness: string;
}

export function AgentCaps({ board, agentId, freshness }: AgentCapsProps) {
  const [budget, setBudget] = useState<(WireBudget & WireRunBudgets) | null>(null);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  useEffect(() => {
    let wanted = true;
    void board.api
      .get<WireBudget & WireRunBudgets>(`/budget/${encodeURIComponent(agentId)}`)
      .then((answer) => {
        if (!wanted) return;
        setProblem(answer.ok ? null : answer.problem);
        if (answer.ok) setBudget(answer.data);
      });
    return () => {
      wanted = false;
    };
  }, [agentId, freshness]);

  const rows = budget === null ? [] : capRows(budget);
  return (
    <div class="caps">
      <h4>Caps</h4>
      <ProblemNote problem={problem} />
      {budget === null && problem === null && <p class="muted">Reading the caps…</p>}
      {budget !== null && rows.length === 0 && (
        <p class="muted">
          No cap holds for it, and nothing is spent without one. Set <code>day_usd</code> or{' '}
          <code>run_usd</code> in [budget] of <code>agents/{agentId}/agent.toml</code>, then{' '}
          <code>governed-agents accept</code>.
        </p>
      )}
      <CapList board={board} rows={rows} />
    </div>
  );
}
