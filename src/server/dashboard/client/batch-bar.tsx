// Decides the picked proposals together. Each goes with the hash of the payload that was on screen, and is a decision of its own.
import { useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { Board } from './board.ts';
import type { BoardState } from './board-state.ts';
import { pickedIn } from './picks.ts';
import { ProblemNote } from './problem-note.tsx';
import { useSteady } from './steady.ts';

export function BatchBar(props: { readonly board: Board; readonly state: BoardState }) {
  const { board, state } = props;
  const [note, setNote] = useState('');
  const [sending, setSending] = useState(false);
  const [problems, setProblems] = useState<readonly WireProblem[]>([]);
  const bar = useRef<HTMLDivElement>(null);
  const count = pickedIn(state.queue, state.picked).length;
  const steady = useSteady(bar, [...state.picked.keys()].join(' '));
  const held = !steady || sending;
  if (count === 0 && problems.length === 0) return null;

  async function send(decision: 'approve' | 'reject'): Promise<void> {
    if (held) return;
    setSending(true);
    setProblems(await board.decidePicked(decision, note));
    setSending(false);
    setNote('');
  }

  return (
    <section class="batch" aria-label="Decide the chosen ones together">
      {count > 0 && (
        <>
          <p>
            <strong>{count} chosen</strong>{' '}
            <button type="button" class="button small" onClick={board.unpick}>
              None
            </button>
          </p>
          <input
            type="text"
            value={note}
            placeholder="Note for all of them, optional"
            aria-label="Note for all of them, optional"
            onInput={(event) => setNote(event.currentTarget.value)}
          />
          <div class="buttons" ref={bar}>
            <button
              type="button"
              class="button primary"
              aria-disabled={held}
              onClick={() => void send('approve')}
            >
              Approve {count}
            </button>
            <button type="button" class="button" aria-disabled={held} onClick={() => void send('reject')}>
              Reject {count}
            </button>
          </div>
        </>
      )}
      {problems.map((problem, index) => (
        <ProblemNote key={index} problem={problem} />
      ))}
    </section>
  );
}
