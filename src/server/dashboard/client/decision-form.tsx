// Approve (as it is, as edited, or with the next ones like it) or reject one proposal. What is sent is the hash that was on screen when the button was pressed; the
// buttons hold back for a moment whenever they moved or act on something else than before.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireProposal } from '../../wire/proposal.ts';
import type { Board } from './board.ts';
import { approvalCautions } from './decision-cautions.ts';
import { EditForm } from './edit-form.tsx';
import { GrantForm, type GrantWish } from './grant-form.tsx';
import { ProblemNote } from './problem-note.tsx';
import { useSteady } from './steady.ts';

type Stage = 'open' | 'confirm-approve' | 'confirm-reject' | 'edit' | 'grant';

export type DecisionKey = 'approve' | 'reject' | 'edit' | 'grant';

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
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState(() => board.drafts.of(proposal.proposal_id).note);
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
  const held = !steady || busy;
  // What an agent itself asks a person for, no grant covers.
  const canBeGranted = proposal.requires_approval !== true && proposal.run_id !== null;

  useEffect(() => setStage('open'), [proposal.payload_hash]);
  useEffect(() => {
    if (stage === 'confirm-approve') confirm.current?.focus();
    if (stage === 'confirm-reject') noteField.current?.focus();
  }, [stage]);

  async function send(decision: 'approve' | 'reject', edited?: { readonly payload: unknown }): Promise<void> {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const answer = await board.decide(proposal, {
      decision,
      note,
      final,
      ...(edited === undefined ? {} : { edited }),
    });
    setBusy(false);
    if (answer.ok) board.drafts.drop(proposal.proposal_id);
    else setProblem(answer.problem);
    // A refused edit is still there to be corrected.
    if (answer.ok || edited === undefined) setStage('open');
  }

  async function grant(wish: GrantWish): Promise<void> {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const given = await board.act('/grants', wish);
    setBusy(false);
    if (!given.ok) return setProblem(given.problem);
    await send('approve');
  }

  function press(key: DecisionKey): void {
    if (held || (key !== 'reject' && props.hashDiffers)) return;
    if (key === 'grant' && !canBeGranted) return;
    setProblem(null);
    if (key === 'reject') setStage('confirm-reject');
    else if (key === 'edit' || key === 'grant') setStage(key);
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
      if (!event.repeat && !held) void send('reject');
    }
  }

  return (
    <section class={`decision stage-${stage}`} aria-label="Your decision">
      <label class="note">
        <span>
          Note <span class="muted">— for the record and the agent</span>
        </span>
        <textarea
          ref={noteField}
          rows={1}
          value={note}
          placeholder={stage === 'confirm-reject' ? 'Why not? Enter rejects, Esc goes back' : 'Optional'}
          onInput={(event) => {
            setNote(event.currentTarget.value);
            board.drafts.keep(proposal.proposal_id, { note: event.currentTarget.value });
          }}
          onKeyDown={onNoteKey}
        />
      </label>
      {stage === 'confirm-approve' && (
        <p class="cautions" role="alert">
          <strong>{cautions.join(' ')}</strong> Approve all the same?
        </p>
      )}
      {stage === 'edit' && (
        <EditForm
          proposal={proposal}
          drafts={board.drafts}
          cautions={approvalCautions(proposal, { payloadSeen: true, payloadChanged: props.changed })}
          sending={busy}
          onBack={() => setStage('open')}
          onApprove={(payload) => void send('approve', { payload })}
        />
      )}
      {stage === 'grant' && (
        <GrantForm
          proposal={proposal}
          cautions={cautions}
          sending={busy}
          onBack={() => setStage('open')}
          onGrant={(wish) => void grant(wish)}
        />
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
              onClick={() => {
                if (!held) void send('approve');
              }}
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
              onClick={() => {
                if (!held) void send('reject');
              }}
            >
              Reject <kbd>Enter</kbd>
            </button>
          </>
        )}
        {stage === 'open' && (
          <>
            <button
              type="button"
              class="button primary"
              aria-disabled={held || props.hashDiffers}
              onClick={() => press('approve')}
            >
              {busy ? 'Sending…' : 'Approve'} <kbd>a</kbd>
            </button>
            <button type="button" class="button" aria-disabled={held} onClick={() => press('reject')}>
              Reject… <kbd>r</kbd>
            </button>
            <button
              type="button"
              class="button"
              aria-disabled={held || props.hashDiffers}
              onClick={() => press('edit')}
            >
              Edit… <kbd>e</kbd>
            </button>
            {canBeGranted && (
              <button
                type="button"
                class="button"
                aria-disabled={held || props.hashDiffers}
                onClick={() => press('grant')}
              >
                Grant… <kbd>g</kbd>
              </button>
            )}
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
          Final: this run must not propose it again on the same target
        </label>
      )}
      <ProblemNote problem={problem} />
    </section>
  );
}
