// Says what became of a proposal: who decided, what was said, and what came of it, by whose word.
import type { WireProposal } from '../../wire/proposal.ts';
import { StatusBadge } from './badges.tsx';
import { decidedBy } from './decided-by.ts';
import { formatMicroUsd } from './money.ts';
import { Age } from './times.tsx';
import { Visible } from './visible.tsx';

export function SettledProposal(props: { readonly proposal: WireProposal; readonly skewMs: number }) {
  const { proposal, skewMs } = props;
  const { outcome } = proposal;
  return (
    <div class="settled" role="status">
      <p>
        <StatusBadge status={proposal.status} /> <Visible text={decidedBy(proposal)} />
        {proposal.decided_at !== null && (
          <>
            {' '}
            <span class="muted">
              <Age since={proposal.decided_at} skewMs={skewMs} />
            </span>
          </>
        )}
      </p>
      {proposal.note !== null && proposal.note !== '' && (
        <blockquote>
          <Visible text={proposal.note} />
        </blockquote>
      )}
      {proposal.reserved_micro_usd !== null && (
        <p class="muted">
          {formatMicroUsd(proposal.reserved_micro_usd)} is set aside for it until its outcome is known.
        </p>
      )}
      {proposal.final && <p class="muted">Final: the run must not propose it again on the same target.</p>}
      {outcome === null ? (
        awaiting(proposal)
      ) : (
        <p>
          Outcome: <strong>{outcome.outcome}</strong>, {bySource(outcome.by)}
          {outcome.cost_micro_usd !== null && `, for ${formatMicroUsd(outcome.cost_micro_usd)}`}
          {outcome.detail !== null && outcome.detail !== undefined && (
            <>
              {' — '}
              <Visible
                text={typeof outcome.detail === 'string' ? outcome.detail : JSON.stringify(outcome.detail)}
              />
            </>
          )}
        </p>
      )}
    </div>
  );
}

function bySource(by: 'executor' | 'agent' | 'operator'): string {
  if (by === 'executor') return 'reported by the executor';
  return by === 'agent' ? 'by the agent’s own word' : 'by an operator’s word';
}

function awaiting(proposal: WireProposal) {
  if (proposal.status === 'executing') return <p class="muted">The executor is at work…</p>;
  if (proposal.status !== 'approved' && proposal.status !== 'auto-approved') return null;
  return (
    <p class="muted">
      {proposal.executor === null
        ? 'The agent was told. What it does now, and what it says of it, is its own word.'
        : 'Its executor starts next.'}
    </p>
  );
}
