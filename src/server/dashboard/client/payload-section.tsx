// The payload of a proposal, or why it is not on screen yet.
import type { WireProposal } from '../../wire/proposal.ts';
import type { HashCheck } from './canonical-hash.ts';
import { formatCount } from './money.ts';
import { PayloadView } from './payload-view.tsx';
import { ProblemNote } from './problem-note.tsx';
import type { Whole } from './whole-proposal.ts';

interface PayloadSectionProps {
  /** As it came with a list. */
  readonly listed: WireProposal;
  readonly whole: Whole;
  readonly onSeen?: () => void;
  readonly onCheck?: (check: HashCheck) => void;
}

export function PayloadSection({ listed, whole, onSeen, onCheck }: PayloadSectionProps) {
  if (whole.is === 'whole') {
    return (
      <PayloadView
        key={listed.payload_hash}
        proposal={whole.proposal}
        {...(onSeen === undefined ? {} : { onSeen })}
        {...(onCheck === undefined ? {} : { onCheck })}
      />
    );
  }
  return (
    <figure class="payload">
      <figcaption>
        <h4>Payload</h4>
        <span class="muted">{formatCount(listed.payload_bytes ?? 0)} bytes</span>
      </figcaption>
      {whole.is === 'reading' ? (
        <p class="muted">Reading it…</p>
      ) : (
        <>
          <ProblemNote problem={whole.problem} />
          <p class="muted">What can’t be shown can’t be approved here; it can be rejected.</p>
        </>
      )}
    </figure>
  );
}
