// Approve or reject one proposal. What is sent is the hash that was on screen when the button was pressed; the
// buttons hold back for a moment whenever they moved or act on something else than before.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireProposal } from '../../wire/proposal.ts';
import type { Board } from './board.ts';
import { approvalCautions } from './decision-cautions.ts';
import { ProblemNote } from './problem-note.tsx';
import { useSteady } from './steady.ts';

type Stage = 'open' | 'confirm-approve' | 'confirm-reject' | 'sending';

export type DecisionKey = 'approve' | 'reject';

interface DecisionFormProps {
  readonly board: Board;
  readonly proposal: WireProposal;
  readonly changed: boolean;
  readonly payloadSeen: boolean;
  /** The payload on screen does not have the hash that the decision would carry. */
  readonly hashDiffers: boolean;
  /** Lets the page's keyboard shortcuts reach this form. */
  readonly onReady: (press: ((key: DecisionKey) => void) | null) => void;
}

export function DecisionForm(props: DecisionFormProps) {
  const { board, proposal } = props;
  const [stage, setStage] = useState<Stage>('open');
  const [note, setNote] = useState('');
  const [final, setFinal] = useState(false);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const noteField = useRef<HTMLTextAreaElement>(null);
  const confirm = useRef<HTMLButtonElement>(null);
  const steady = useSteady(bar, `${proposal.proposal_id} ${proposal.payload_hash} ${stage}`);
  const cautions = approvalCautions(proposal, {
    payloadSeen: props.payloadSeen,
    payloadChanged: props.changed,
  });
  const held = !steady || stage === 'sending';

  useEffect(() => setStage('open'), [proposal.payload_hash]);
  useEffect(() => {
    if (stage === 'confirm-approve') confirm.current?.focus();
    if (stage === 'confirm-reject') noteField.current?.focus();
  }, [stage]);

  async function send(decision: DecisionKey): Promise<void> {
    if (held) return;
    setStage('sending');
    setProblem(null);
    const answer = await board.decide(proposal, { decision, note, final });
    if (!answer.ok) setProblem(answer.problem);
    setStage('open');
  }

  function press(key: DecisionKey): void {
    if (held || (key === 'approve' && props.hashDiffers)) return;
    setProblem(null);
    if (key === 'reject') setStage('confirm-reject');
    else if (cautions.length > 0) setStage('confirm-approve');
    else void send('approve');
  }

  useEffect(() => {
    props.onReady(stage === 'open' ? press : null);
    return () => props.onReady(null);
  });

  function onNoteKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      noteField.current?.blur();
      setStage('open');
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && stage === 'confirm-reject') {
      event.preventDefault();
      if (!event.repeat) void send('reject');
    }
  }

  return (
    <section class={`decision stage-${stage}`} aria-label="Your decision">
      <label class="note">
        <span>
          Note <span class="muted">— goes into the record, and to the agent</span>
        </span>
        <textarea
          ref={noteField}
          rows={1}
          value={note}
          placeholder={stage === 'confirm-reject' ? 'Why not? Enter rejects, Esc goes back' : 'Optional'}
          onInput={(event) => setNote(event.currentTarget.value)}
          onKeyDown={onNoteKey}
        />
      </label>
      {stage === 'confirm-approve' && (
        <p class="cautions" role="alert">
          <strong>{cautions.join(' ')}</strong> Approve all the same?
        </p>
      )}
      <div class="buttons" ref={bar}>
        {stage === 'confirm-approve' && (
          <>
            <button type="button" class="button" onClick={() => setStage('open')}>
              Back
            </button>
            <button
              type="button"
              ref={confirm}
              class="button danger"
              aria-disabled={held}
              onClick={() => void send('approve')}
            >
              Yes, approve it
            </button>
          </>
        )}
        {stage === 'confirm-reject' && (
          <>
            <button type="button" class="button" onClick={() => setStage('open')}>
              Back
            </button>
            <button
              type="button"
              class="button danger"
              aria-disabled={held}
              onClick={() => void send('reject')}
            >
              Reject <kbd>Enter</kbd>
            </button>
          </>
        )}
        {(stage === 'open' || stage === 'sending') && (
          <>
            <button
              type="button"
              class="button primary"
              aria-disabled={held || props.hashDiffers}
              onClick={() => press('approve')}
            >
              {stage === 'sending' ? 'Sending…' : 'Approve'} <kbd>a</kbd>
            </button>
            <button type="button" class="button" aria-disabled={held} onClick={() => press('reject')}>
              Reject… <kbd>r</kbd>
            </button>
          </>
        )}
      </div>
      {stage === 'confirm-reject' && (
        <label class="check">
          <input
            type="checkbox"
            checked={final}
            onChange={(event) => setFinal(event.currentTarget.checked)}
          />
          Final: it must not be proposed again
        </label>
      )}
      <ProblemNote problem={problem} />
    </section>
  );
}
