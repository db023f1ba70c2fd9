// Standing approvals that may still approve something, with what is left of each and the button that takes it back; those that are
// over stand below, for a while.
import { useState } from 'preact/hooks';
import type { WireGrant } from '../../wire/grant.ts';
import type { WireProblem } from '../../wire/problem.ts';
import { Badge } from './badges.tsx';
import type { Board } from './board.ts';
import { formatLimit, formatSpentOf } from './money.ts';
import { ProblemNote } from './problem-note.tsx';
import { Age, TimeLeft } from './times.tsx';
import { Visible } from './visible.tsx';

const MOST_OVER = 5;

interface GrantsProps {
  readonly board: Board;
  readonly grants: readonly WireGrant[];
  readonly skewMs: number;
}

export function Grants({ board, grants, skewMs }: GrantsProps) {
  if (grants.length === 0) return null;
  const active = grants.filter((grant) => grant.status === 'active');
  const over = grants.filter((grant) => grant.status !== 'active').slice(0, MOST_OVER);
  return (
    <section id="grants" class="panel" aria-labelledby="grants-title">
      <div class="panel-head">
        <h2 id="grants-title">
          Standing approvals <span class="count">{active.length}</span>
        </h2>
      </div>
      <ul class="grants">
        {[...active, ...over].map((grant) => (
          <GrantRow key={grant.grant_id} board={board} grant={grant} skewMs={skewMs} />
        ))}
      </ul>
    </section>
  );
}

function GrantRow(props: { readonly board: Board; readonly grant: WireGrant; readonly skewMs: number }) {
  const { board, grant, skewMs } = props;
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const isActive = grant.status === 'active';

  async function revoke(): Promise<void> {
    if (sending) return;
    setSending(true);
    const answer = await board.revoke(grant.grant_id);
    setSending(false);
    setProblem(answer.ok ? null : answer.problem);
  }

  return (
    <li class={isActive ? 'grant' : 'grant grant-over'}>
      <p>
        <strong>
          <Visible text={grant.action_type} />
        </strong>
        {grant.resource !== null && (
          <>
            {' on '}
            <code>
              <Visible text={grant.resource} />
            </code>
          </>
        )}
        {grant.when !== null && (
          <>
            {' when '}
            <code>
              <Visible text={JSON.stringify(grant.when)} />
            </code>
          </>
        )}{' '}
        of {grant.agent_id ?? 'any agent'}
        {grant.irreversible && (
          <>
            {' '}
            <Badge tone="danger" text="irreversible ones too" />
          </>
        )}
      </p>
      <p class="muted">
        {grant.uses_left} of {grant.uses} left
        {grant.cap_micro_usd !== null &&
          ` · ${formatSpentOf(Math.max(0, grant.cap_micro_usd - grant.spent_micro_usd), grant.cap_micro_usd)} of ${formatLimit(grant.cap_micro_usd)} left`}
        {' · '}
        {isActive ? <TimeLeft until={grant.until} skewMs={skewMs} /> : OVER[grant.status]}
        {' · given '}
        <Age since={grant.created_at} skewMs={skewMs} /> <code>{grant.grant_id}</code>
      </p>
      {isActive && (
        <button
          type="button"
          class="button small danger-quiet"
          aria-label={`Revoke ${grant.grant_id}`}
          disabled={sending}
          onClick={() => void revoke()}
        >
          Revoke
        </button>
      )}
      <ProblemNote problem={problem} />
    </li>
  );
}

const OVER: Readonly<Record<WireGrant['status'], string>> = {
  active: 'active',
  used_up: 'used up',
  expired: 'its time is over',
  revoked: 'revoked',
};
