// An edit before the approval: a new payload with a hash of its own. What is not JSON can't be sent, and the whole difference stands
// above the button that approves it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { editableJson } from '../../../core/visible-text.ts';
import type { WireProposal } from '../../wire/proposal.ts';
import { ApprovalBar } from './approval-bar.tsx';
import { canonicalText, hashOfPayload } from './canonical-hash.ts';
import type { Drafts } from './drafts.ts';
import { PayloadDiff } from './payload-diff.tsx';

interface EditFormProps {
  readonly proposal: WireProposal;
  readonly drafts: Drafts;
  readonly cautions: readonly string[];
  readonly sending: boolean;
  readonly onBack: () => void;
  readonly onApprove: (payload: unknown) => void;
}

type Draft =
  | { readonly state: 'changed'; readonly payload: unknown; readonly key: string }
  | { readonly state: 'same' | 'invalid'; readonly why: string };

export function EditForm({ proposal, drafts, cautions, sending, onBack, onApprove }: EditFormProps) {
  const [text, setText] = useState(
    () => drafts.of(proposal.proposal_id).edit ?? editableJson(proposal.payload),
  );
  const [hash, setHash] = useState<string | null>(null);
  const draft = useMemo(() => read(text, proposal.payload), [text, proposal.payload_hash]);
  const key = draft.state === 'changed' ? draft.key : '';
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    let wanted = true;
    setHash(null);
    if (draft.state === 'changed') {
      void hashOfPayload(draft.payload).then((made) => {
        if (wanted) setHash(made);
      });
    }
    return () => {
      wanted = false;
    };
  }, [key]);

  return (
    <div class="edit-form">
      <label>
        <span>
          Payload{' '}
          <span class="muted">— JSON; what you approve here takes the place of what was proposed</span>
        </span>
        <textarea
          ref={field}
          class="edit-payload"
          rows={Math.min(24, text.split('\n').length + 1)}
          spellcheck={false}
          value={text}
          aria-invalid={draft.state === 'invalid'}
          onInput={(event) => {
            setText(event.currentTarget.value);
            drafts.keep(proposal.proposal_id, { edit: event.currentTarget.value });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onBack();
          }}
        />
      </label>
      {draft.state === 'changed' ? (
        <>
          <PayloadDiff title="What your edit changes" before={proposal.payload} after={draft.payload} />
          <p class="hash">
            <span class="muted">New SHA-256</span> <code>{hash ?? '…'}</code>
          </p>
        </>
      ) : (
        <p class={draft.state === 'invalid' ? 'problem' : 'muted'} role="status">
          {draft.why}
        </p>
      )}
      <ApprovalBar
        of={`${proposal.payload_hash} ${key}`}
        cautions={cautions}
        says="Approve as edited"
        onBack={onBack}
        onApprove={draft.state === 'changed' && !sending ? () => onApprove(draft.payload) : null}
      >
        {draft.state !== 'same' && (
          <button
            type="button"
            class="button"
            onClick={() => {
              setText(editableJson(proposal.payload));
              drafts.keep(proposal.proposal_id, { edit: null });
              field.current?.focus();
            }}
          >
            Start over
          </button>
        )}
      </ApprovalBar>
    </div>
  );
}

function read(text: string, before: unknown): Draft {
  try {
    const payload = JSON.parse(text) as unknown;
    const key = canonicalText(payload);
    return key === canonicalText(before)
      ? { state: 'same', why: 'Nothing is changed yet.' }
      : { state: 'changed', payload, key };
  } catch (error) {
    return { state: 'invalid', why: `Not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}
