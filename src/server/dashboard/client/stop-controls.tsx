// Pause, resume and kill of one agent or one run. Each asks for a reason, which is the second step too.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { Board } from './board.ts';
import { isFreshEnter } from './enter-key.ts';
import { ProblemNote } from './problem-note.tsx';

export type StopAction = 'pause' | 'resume' | 'kill';

const MEANINGS: Readonly<Record<StopAction, string>> = {
  pause: 'Freezes every process of it. Nothing is lost, resume goes on.',
  resume: 'Lets it go on where it stopped.',
  kill: 'Ends every process of it. That can’t be taken back.',
};

interface StopControlsProps {
  readonly board: Board;
  readonly kind: 'agents' | 'runs';
  readonly id: string;
  readonly actions: readonly StopAction[];
}

export function StopControls({ board, kind, id, actions }: StopControlsProps) {
  const [chosen, setChosen] = useState<StopAction | null>(null);
  const [reason, setReason] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [chosen]);

  async function send(): Promise<void> {
    if (chosen === null || sending) return;
    setSending(true);
    setProblem(null);
    const answer = await board.act(`/${kind}/${encodeURIComponent(id)}/${chosen}`, {
      reason: reason.trim() === '' ? `${chosen} from the dashboard` : reason.trim(),
    });
    setSending(false);
    if (!answer.ok) return setProblem(answer.problem);
    setChosen(null);
    setReason('');
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') setChosen(null);
    if (isFreshEnter(event)) void send();
  }

  return (
    <div class="stop-controls">
      <div class="buttons small">
        {actions.map((action) => (
          <button
            key={action}
            type="button"
            class={`button small${action === 'kill' ? ' danger-quiet' : ''}`}
            aria-expanded={chosen === action}
            aria-label={`${capital(action)} ${id}`}
            onClick={() => setChosen(chosen === action ? null : action)}
          >
            {capital(action)}
          </button>
        ))}
      </div>
      {chosen !== null && (
        <div class="inline-form">
          <label>
            <span>Reason</span>
            <input
              ref={field}
              type="text"
              value={reason}
              placeholder="Goes into the record"
              onInput={(event) => setReason(event.currentTarget.value)}
              onKeyDown={onKey}
            />
          </label>
          <button
            type="button"
            class={`button small ${chosen === 'kill' ? 'danger' : 'primary'}`}
            disabled={sending}
            onClick={() => void send()}
          >
            {capital(chosen)} {id.length > 24 ? `${id.slice(0, 12)}…` : id}
          </button>
          <span class="muted">{MEANINGS[chosen]}</span>
        </div>
      )}
      <ProblemNote problem={problem} />
    </div>
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
