// The switch that stops every agent at once. Both directions ask once more, and why.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireStatus } from '../../wire/record.ts';
import type { Board } from './board.ts';
import { ProblemNote } from './problem-note.tsx';

export function KillSwitch(props: { readonly board: Board; readonly status: WireStatus | null }) {
  const { board, status } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [asked, setAsked] = useState(false);
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const isOn = status?.kill_switch.on ?? false;
  // What the dialog offers stays what it was when it was opened, even if someone else turns the switch meanwhile.
  const [turnOn, setTurnOn] = useState(true);

  useEffect(() => {
    if (!asked) return;
    dialog.current?.showModal();
    field.current?.focus();
  }, [asked]);

  function open(): void {
    setTurnOn(!isOn);
    setProblem(null);
    setReason('');
    setAsked(true);
  }

  async function send(): Promise<void> {
    if (sending) return;
    setSending(true);
    const answer = await board.act('/admin/kill-switch', {
      on: turnOn,
      reason: reason.trim() === '' ? `turned ${turnOn ? 'on' : 'off'} in the dashboard` : reason.trim(),
    });
    setSending(false);
    if (answer.ok) dialog.current?.close();
    else setProblem(answer.problem);
  }

  return (
    <>
      <button type="button" class={`button small ${isOn ? 'danger' : 'danger-quiet'}`} onClick={open}>
        {isOn ? 'Kill switch is ON' : 'Stop everything'}
      </button>
      {asked && (
        <dialog ref={dialog} aria-labelledby="kill-title" onClose={() => setAsked(false)}>
          <h2 id="kill-title">{turnOn ? 'Stop everything?' : 'Turn the kill switch off?'}</h2>
          <p>
            {turnOn
              ? 'Every live run is killed now, and everything new is refused: runs, approvals, model calls. It stays on, restarts included, until someone turns it off.'
              : 'Runs and actions become possible again. What was stopped does not start by itself.'}
          </p>
          <label class="stacked">
            <span>Reason</span>
            <input
              ref={field}
              type="text"
              value={reason}
              placeholder="Goes into the record"
              onInput={(event) => setReason(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && !event.repeat && !event.isComposing) void send();
              }}
            />
          </label>
          <ProblemNote problem={problem} />
          <div class="buttons">
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              Back
            </button>
            <button
              type="button"
              class={`button ${turnOn ? 'danger' : 'primary'}`}
              disabled={sending}
              onClick={() => void send()}
            >
              {turnOn ? 'Stop everything' : 'Turn it off'}
            </button>
          </div>
        </dialog>
      )}
    </>
  );
}
