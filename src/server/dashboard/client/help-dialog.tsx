// The keyboard, and what the words mean.
import { useEffect, useRef } from 'preact/hooks';

const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['j', 'next proposal that waits'],
  ['k', 'the one before'],
  ['a', 'approve the selected one; what can’t be undone asks once more'],
  ['r', 'reject it: write why, Enter rejects, Esc goes back'],
  ['e', 'edit the payload first; what you approve then is the edit, with a hash of its own'],
  ['g', 'approve it and, without asking, the next ones like it: a standing approval with bounds'],
  ['?', 'this help'],
];

export function HelpDialog(props: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={props.onClose}>
      {/* The button has the focus: below the words, it would have them scrolled away where they don't fit. */}
      <div class="dialog-head">
        <h2 id="help-title">Keyboard</h2>
        <button type="button" class="button small" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <dl class="key-list">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h2>Words</h2>
      <dl class="word-list">
        <div>
          <dt>advisory</dt>
          <dd>The run is not confined by the operating system: a hostile agent could get around the gate.</dd>
        </div>
        <div>
          <dt>executor</dt>
          <dd>
            A program of yours that carries out an approved action, once, with exactly the payload you saw.
          </dd>
        </div>
        <div>
          <dt>standing approval</dt>
          <dd>
            A grant: it approves actions like one you looked at, so many times, for so much money, until a
            time. What a rule denies, or what the agent itself asks a person for, it never approves.
          </dd>
        </div>
        <div>
          <dt>key in agent</dt>
          <dd>
            Its model calls go out with a login of its own, which it could use elsewhere if it got out. What
            they cost is notional: counted at list price and capped like any other, though a subscription is
            not billed by the call. An API key of <code>codex login</code> is billed all the same.
          </dd>
        </div>
        <div>
          <dt>reserved</dt>
          <dd>
            The most that calls under way can still cost. It counts against the cap until they are settled.
          </dd>
        </div>
        <div>
          <dt>
            <mark class="hidden-char">⟨U+202E⟩</mark>
          </dt>
          <dd>A character that would be invisible, or would make text look like something else.</dd>
        </div>
      </dl>
    </dialog>
  );
}
