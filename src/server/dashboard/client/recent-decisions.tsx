// What was decided lately, by whom, and what came of it.
import type { WireProposal } from '../../wire/proposal.ts';
import { StatusBadge } from './badges.tsx';
import { decidedBy } from './decided-by.ts';
import { Age } from './times.tsx';
import { Visible } from './visible.tsx';

interface RecentProps {
  readonly proposals: readonly WireProposal[];
  readonly skewMs: number;
}

export function RecentDecisions({ proposals, skewMs }: RecentProps) {
  return (
    <section id="decided" class="panel" aria-labelledby="decided-title">
      <div class="panel-head">
        <h2 id="decided-title">Decided lately</h2>
      </div>
      {proposals.length === 0 && (
        <p class="empty">No decision yet. Yours, the rules’ and what ran out of time will be listed here.</p>
      )}
      <ul class="decided">
        {proposals.map((proposal) => (
          <li key={proposal.proposal_id}>
            <p>
              <StatusBadge status={proposal.status} />{' '}
              <strong>
                <Visible text={proposal.action_type} />
              </strong>{' '}
              <span class="muted">
                <Visible text={proposal.agent_id ?? 'operator'} /> ·{' '}
                <Age since={proposal.decided_at ?? proposal.created_at} skewMs={skewMs} />
              </span>
            </p>
            <p class="muted">
              <Visible text={decidedBy(proposal)} />
              {proposal.outcome?.by === 'agent' && ' The outcome is the agent’s own word.'}
              {proposal.note !== null && proposal.note !== '' && (
                <>
                  {' “'}
                  <Visible text={proposal.note} />
                  {'”'}
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
