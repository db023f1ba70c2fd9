// One proposal in full, with the decision under it.
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import { Badge, SeverityBadge } from './badges.tsx';
import type { Board } from './board.ts';
import type { HashCheck } from './canonical-hash.ts';
import { DecisionForm, type DecisionKey } from './decision-form.tsx';
import { PayloadDiff } from './payload-diff.tsx';
import { PayloadSection } from './payload-section.tsx';
import { ProblemNote } from './problem-note.tsx';
import { ProposalFacts, ProposalStory } from './proposal-facts.tsx';
import { isWaiting, type QueueEntry } from './queue.ts';
import { SettledProposal } from './settled-proposal.tsx';
import { TierBadge } from './tier.tsx';
import { Age, TimeLeft } from './times.tsx';
import { UnsentDraft } from './unsent-draft.tsx';
import { Visible } from './visible.tsx';
import { useWhole } from './whole-proposal.ts';

interface ProposalDetailProps {
  readonly board: Board;
  readonly entry: QueueEntry;
  /** What the server said of a decision on it that did not count. */
  readonly refused: WireProblem | null;
  readonly skewMs: number;
  /** Where the next one that waits is, for after this one. */
  readonly onNext: (() => void) | null;
  readonly panel: RefObject<HTMLElement | null>;
  readonly onReady: (press: ((key: DecisionKey) => void) | null) => void;
}

export function ProposalDetail({
  board,
  entry,
  refused,
  skewMs,
  onNext,
  panel,
  onReady,
}: ProposalDetailProps) {
  const { changed } = entry;
  const whole = useWhole(board, entry.proposal);
  const proposal = whole.is === 'whole' ? whole.proposal : entry.proposal;
  const waiting = isWaiting(entry);
  const [seenHash, setSeenHash] = useState('');
  const [check, setCheck] = useState<HashCheck>('checking');
  useEffect(() => setCheck('checking'), [proposal.payload_hash]);
  const isSeen = seenHash === proposal.payload_hash && (check === 'matches' || check === 'not possible here');
  useEffect(() => {
    if (isSeen) board.saw(proposal);
  }, [isSeen, proposal.payload_hash]);

  return (
    <article class="detail" ref={panel} tabIndex={-1} aria-label="The selected proposal">
      <header>
        <h3>
          <Visible text={proposal.action_type} />
        </h3>
        <div class="badges">
          <SeverityBadge severity={proposal.severity} />
          {proposal.reversible === false && <Badge tone="danger" text="irreversible" />}
          <TierBadge tier={proposal.tier} />
          {proposal.executor === null && (
            <Badge
              tone="warn"
              text="no executor"
              title="Approval is advice: the outcome will be the agent’s own word."
            />
          )}
          {proposal.requires_approval === true && <Badge tone="notice" text="the agent asked for a person" />}
        </div>
        <p class="origin">
          {proposal.agent_id === null ? 'an operator' : <strong>{proposal.agent_id}</strong>}
          {proposal.run_id !== null && (
            <>
              {' in '}
              <code>{proposal.run_id}</code>
            </>
          )}
          {', '}
          <Age since={proposal.created_at} skewMs={skewMs} />
          {waiting && (
            <>
              {' · '}
              <TimeLeft until={proposal.expires_at} skewMs={skewMs} />
            </>
          )}
        </p>
      </header>
      {!waiting && <SettledProposal proposal={proposal} skewMs={skewMs} />}
      {!waiting && <ProblemNote problem={refused} />}
      {!waiting && <UnsentDraft draft={board.drafts.of(proposal.proposal_id)} />}
      {!waiting && onNext !== null && (
        <p>
          <button type="button" class="button primary" onClick={onNext}>
            Next one <kbd>j</kbd>
          </button>
        </p>
      )}
      {changed && (
        <p class="cautions" role="alert">
          <strong>The payload changed while it was on your screen.</strong> Below is the new one; read it
          again.
        </p>
      )}
      <ProposalStory proposal={proposal} />
      <PayloadSection
        listed={entry.proposal}
        whole={whole}
        onSeen={() => setSeenHash(proposal.payload_hash)}
        onCheck={setCheck}
      />
      {whole.is === 'whole' &&
        proposal.original_payload_hash !== null &&
        proposal.original_payload_hash !== proposal.payload_hash && (
          <>
            <p class="muted">
              An operator edited it: first proposed as <code>{proposal.original_payload_hash}</code>.
            </p>
            <PayloadDiff
              title="What the operator changed"
              before={proposal.original_payload}
              after={proposal.payload}
            />
          </>
        )}
      <ProposalFacts proposal={proposal} />
      <p class="muted id-line">
        <code>{proposal.proposal_id}</code>
      </p>
      {waiting && (
        <DecisionForm
          board={board}
          proposal={proposal}
          changed={changed}
          payloadSeen={seenHash === proposal.payload_hash}
          hashDiffers={check === 'differs' || whole.is !== 'whole'}
          onReady={onReady}
        />
      )}
    </article>
  );
}
