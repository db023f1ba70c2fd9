// Approved actions of which nobody knows whether they happened. They are never run again by themselves: a person
// looks, and says.
import { useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireProposal } from '../../wire/proposal.ts';
import type { Board } from './board.ts';
import { formatMicroUsd } from './money.ts';
import { PayloadSection } from './payload-section.tsx';
import { ProblemNote } from './problem-note.tsx';
import { TierBadge } from './tier.tsx';
import { Age } from './times.tsx';
import { Visible } from './visible.tsx';
import { useWhole } from './whole-proposal.ts';

interface UnknownProps {
  readonly board: Board;
  readonly proposals: readonly WireProposal[];
  readonly skewMs: number;
}

export function UnknownOutcomes({ board, proposals, skewMs }: UnknownProps) {
  if (proposals.length === 0) return null;
  return (
    <section id="unknown" class="panel panel-danger" aria-labelledby="unknown-title">
      <div class="panel-head">
        <h2 id="unknown-title">
          Did it happen? <span class="count">{proposals.length}</span>
        </h2>
      </div>
      <p class="lead">
        These were approved and begun, and their outcome was never recorded. They will not run again by
        themselves. Look where the effect would show, then say what you found.
      </p>
      <ul class="cards">
        {proposals.map((proposal) => (
          <UnknownCard key={proposal.proposal_id} board={board} proposal={proposal} skewMs={skewMs} />
        ))}
      </ul>
    </section>
  );
}

type Action = 'retry' | 'executed' | 'failed';

const ACTIONS: readonly { readonly action: Action; readonly label: string; readonly means: string }[] = [
  { action: 'executed', label: 'It happened', means: 'Record it as executed, by your word.' },
  { action: 'failed', label: 'It did not happen', means: 'Record it as failed, by your word.' },
  { action: 'retry', label: 'Run it again', means: 'Its effect may then happen twice.' },
];

interface UnknownCardProps {
  readonly board: Board;
  readonly proposal: WireProposal;
  readonly skewMs: number;
}

function UnknownCard({ board, proposal, skewMs }: UnknownCardProps) {
  const [chosen, setChosen] = useState<Action | null>(null);
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const [sending, setSending] = useState(false);
  const means = ACTIONS.find((entry) => entry.action === chosen)?.means;

  async function resolve(): Promise<void> {
    if (chosen === null || sending) return;
    setSending(true);
    setProblem(null);
    const answer = await board.act(`/proposals/${encodeURIComponent(proposal.proposal_id)}/resolve`, {
      action: chosen,
      note: note.trim(),
    });
    setSending(false);
    if (!answer.ok) setProblem(answer.problem);
  }

  return (
    <li class="card">
      <h3>
        <Visible text={proposal.action_type} /> <TierBadge tier={proposal.tier} />
      </h3>
      <p>
        <Visible text={proposal.expected_outcome} />
      </p>
      <p class="muted">
        {proposal.agent_id ?? 'operator'}
        {proposal.executor !== null && ` · executor ${proposal.executor}`}
        {proposal.reserved_micro_usd !== null &&
          ` · ${formatMicroUsd(proposal.reserved_micro_usd)} set aside`}
        {proposal.decided_at !== null && (
          <>
            {' · approved '}
            <Age since={proposal.decided_at} skewMs={skewMs} />
          </>
        )}
      </p>
      <UnknownPayload board={board} proposal={proposal} />
      <fieldset class="choices">
        <legend class="visually-hidden">What you found</legend>
        {ACTIONS.map(({ action, label }) => (
          <label key={action} class="choice">
            <input
              type="radio"
              name={`resolve-${proposal.proposal_id}`}
              checked={chosen === action}
              onChange={() => setChosen(action)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {chosen !== null && (
        <div class="inline-form">
          <label>
            <span>What did you find?</span>
            <input type="text" value={note} onInput={(event) => setNote(event.currentTarget.value)} />
          </label>
          <button
            type="button"
            class={`button ${chosen === 'retry' ? 'danger' : 'primary'}`}
            disabled={note.trim() === '' || sending}
            onClick={() => void resolve()}
          >
            Record it
          </button>
          <span class="muted">{means}</span>
        </div>
      )}
      <ProblemNote problem={problem} />
    </li>
  );
}

/** Read when it is asked for. */
function UnknownPayload(props: { readonly board: Board; readonly proposal: WireProposal }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Payload</summary>
      {open && <WholePayload board={props.board} proposal={props.proposal} />}
    </details>
  );
}

function WholePayload({ board, proposal }: { readonly board: Board; readonly proposal: WireProposal }) {
  return <PayloadSection listed={proposal} whole={useWhole(board, proposal)} />;
}
