// A dialog that asks for one line of text before it sends something: Enter sends, Back and Escape send nothing, and a refusal stands in
// it with what was typed.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { Answer } from './api.ts';
import { isFreshEnter } from './enter-key.ts';
import { ProblemNote } from './problem-note.tsx';

interface AskDialogProps {
  readonly title: string;
  /** What stands above the field. */
  readonly children: ComponentChildren;
  readonly label: ComponentChildren;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly placeholder?: string;
  /** A text that can be taken as it is, and why that one. */
  readonly offer?: { readonly text: string; readonly why: ComponentChildren; readonly says: string };
  readonly isNumber?: boolean;
  /** What the text comes to, below the field, said anew as it is typed. */
  readonly meaning?: { readonly isGood: boolean; readonly says: ComponentChildren };
  readonly confirm: { readonly says: string; readonly isDanger: boolean };
  /** Null while there is nothing that could be sent. */
  readonly send: (() => Promise<Answer<unknown>>) | null;
  readonly onClose: () => void;
}

export function AskDialog(props: AskDialogProps) {
  const { title, meaning, confirm, offer } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<WireProblem | null>(null);

  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
  }, []);

  async function send(): Promise<void> {
    if (props.send === null || sending) return;
    setSending(true);
    setProblem(null);
    const answer = await props.send();
    setSending(false);
    if (answer.ok) dialog.current?.close();
    else setProblem(answer.problem);
  }

  return (
    <dialog ref={dialog} aria-labelledby="ask-title" onClose={props.onClose}>
      <h2 id="ask-title">{title}</h2>
      {props.children}
      {offer !== undefined && (
        <p>
          {offer.why}{' '}
          <button
            type="button"
            class="button small"
            onClick={() => {
              props.onText(offer.text);
              field.current?.focus();
            }}
          >
            {offer.says}
          </button>
        </p>
      )}
      <label class="stacked">
        <span>{props.label}</span>
        <input
          ref={field}
          type="text"
          inputMode={props.isNumber === true ? 'decimal' : undefined}
          autocomplete={props.isNumber === true ? 'off' : undefined}
          value={props.text}
          placeholder={props.placeholder}
          aria-describedby={meaning === undefined ? undefined : 'ask-meaning'}
          onInput={(event) => props.onText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (isFreshEnter(event)) void send();
          }}
        />
      </label>
      {meaning !== undefined && (
        <p id="ask-meaning" class={meaning.isGood ? '' : 'muted'} role="status">
          {meaning.says}
        </p>
      )}
      <ProblemNote problem={problem} />
      <div class="buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Back
        </button>
        <button
          type="button"
          class={`button ${confirm.isDanger ? 'danger' : 'primary'}`}
          disabled={props.send === null || sending}
          onClick={() => void send()}
        >
          {confirm.says}
        </button>
      </div>
    </dialog>
  );
}
