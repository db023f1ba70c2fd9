// Raises one cap: from what to what, what more that lets be spent, and what starts again with it, all said before it is sent.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireBudgetTier } from '../../wire/record.ts';
import type { Board } from './board.ts';
import {
  type CapHolder,
  capAmount,
  capWords,
  holderName,
  raiseRequest,
  readNewLimit,
  usedAmount,
} from './cap-words.ts';
import { ProblemNote } from './problem-note.tsx';

interface RaiseDialogProps {
  readonly board: Board;
  readonly holder: CapHolder;
  /** As it stood when the dialog was opened: what is typed is about that. */
  readonly tier: WireBudgetTier;
  readonly onClose: () => void;
}

export function RaiseDialog({ board, holder, tier, onClose }: RaiseDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const limit = readNewLimit(tier, text);
  const words = capWords(tier);
  const amount = (value: number): string => capAmount(tier.unit, value);

  useEffect(() => {
    dialog.current?.showModal();
    field.current?.focus();
  }, []);

  async function send(): Promise<void> {
    if (limit.result !== 'limit' || sending) return;
    setSending(true);
    setProblem(null);
    const { path, body } = raiseRequest(holder);
    const answer = await board.act(path, { ...body, tier: tier.tier, [tier.unit]: limit.said });
    setSending(false);
    if (answer.ok) dialog.current?.close();
    else setProblem(answer.problem);
  }

  return (
    <dialog ref={dialog} aria-labelledby="raise-title" onClose={onClose}>
      <h2 id="raise-title">Raise a cap of {holderName(holder)}</h2>
      <p>
        Now <strong>{amount(tier.cap)}</strong> {words}
        {isEach(tier) ? '.' : `: ${standing(tier)}.`}
      </p>
      <label class="stacked">
        <span>
          New cap {words}
          {tier.unit === 'usd' && ', in dollars'}
        </span>
        <input
          ref={field}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          value={text}
          aria-describedby="raise-meaning"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.repeat && !event.isComposing) void send();
          }}
        />
      </label>
      <p id="raise-meaning" class={limit.result === 'limit' ? '' : 'muted'} role="status">
        {limit.result === 'limit' ? (
          <>
            {amount(tier.cap)} → <strong>{amount(limit.amount)}</strong> {words},{' '}
            {amount(limit.amount - tier.cap)} more. What is paused at a cap of {holderName(holder)} goes on.
            It is recorded, and holds until the rules say another cap.
          </>
        ) : (
          limit.why
        )}
      </p>
      <ProblemNote problem={problem} />
      <div class="buttons">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Back
        </button>
        <button
          type="button"
          class="button primary"
          disabled={limit.result !== 'limit' || sending}
          onClick={() => void send()}
        >
          {limit.result === 'limit' ? `Raise it to ${amount(limit.amount)}` : 'Raise it'}
        </button>
      </div>
    </dialog>
  );
}

/** What it counts begins anew with each call or run. */
function isEach(tier: WireBudgetTier): boolean {
  return tier.tier === 'call' || (tier.tier === 'run' && tier.owner === 'agent');
}

function standing(tier: WireBudgetTier): string {
  const reserved = tier.reserved > 0 ? `, ${usedAmount(tier.unit, tier.reserved)} reserved` : '';
  return `${usedAmount(tier.unit, tier.posted)} used${reserved}, ${usedAmount(tier.unit, tier.remaining)} left`;
}
