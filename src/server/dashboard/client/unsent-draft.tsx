// What was being typed about a proposal when somebody or something else decided it: there to be copied, and no longer sent.
import type { Draft } from './drafts.ts';

export function UnsentDraft(props: { readonly draft: Draft }) {
  const { note, edit } = props.draft;
  if (note === '' && edit === null) return null;
  return (
    <details class="unsent" open>
      <summary>What you were writing was not sent</summary>
      {note !== '' && (
        <label class="stacked">
          <span>Note</span>
          <textarea readOnly rows={2} value={note} />
        </label>
      )}
      {edit !== null && (
        <label class="stacked">
          <span>Edited payload</span>
          <textarea readOnly class="edit-payload" rows={6} value={edit} />
        </label>
      )}
    </details>
  );
}
