// The end of a run's transcript, and what is added to it while it is looked at: what `logs` shows of it. The agent's words, drawn as text.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { Board } from './board.ts';
import { ProblemNote } from './problem-note.tsx';
import {
  addLines,
  MOST_LINES,
  type TranscriptLine,
  type TranscriptPage,
  transcriptLines,
} from './transcript-lines.ts';
import { Visible } from './visible.tsx';

const LOOK_MS = 2_000;

interface RunTranscriptProps {
  readonly board: Board;
  readonly runId: string;
}

export function RunTranscript({ board, runId }: RunTranscriptProps) {
  const [lines, setLines] = useState<readonly TranscriptLine[] | null>(null);
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const box = useRef<HTMLElement>(null);
  /** Whoever has scrolled up reads, and is left where they are. */
  const followsEnd = useRef(true);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wanted = true;
    async function look(from: string): Promise<void> {
      const path = `/runs/${encodeURIComponent(runId)}/transcript?protocol=false&${from}`;
      const answer = await board.api.get<TranscriptPage>(path);
      if (!wanted) return;
      setProblem(answer.ok ? null : answer.problem);
      if (answer.ok) setLines((known) => addLines(known ?? [], transcriptLines(answer.data)));
      const next = answer.ok ? `cursor=${answer.data.next_cursor}` : from;
      // A page without a line can still lead on: what is left out lies between the lines.
      const isOver = answer.ok && answer.data.ended && next === from;
      if (!isOver) timer = setTimeout(() => void look(next), LOOK_MS);
    }
    void look(`end=true&limit=${MOST_LINES}`);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [board, runId]);

  useEffect(() => {
    if (followsEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);

  return (
    <>
      <ProblemNote problem={problem} />
      {lines === null && problem === null && <p class="muted">Reading the transcript…</p>}
      {lines?.length === 0 && <p class="muted">It wrote nothing yet.</p>}
      {lines !== null && lines.length > 0 && (
        <section
          ref={box}
          class="scroller transcript"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable with the keyboard
          tabIndex={0}
          aria-label={`Transcript of ${runId}, its end`}
          onScroll={(event) => {
            const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
            followsEnd.current = scrollHeight - scrollTop - clientHeight < 24;
          }}
        >
          <ol>
            {lines.map((line) => (
              <li key={line.key} class={line.isAside ? 'aside' : undefined}>
                <Visible text={line.text} />
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}
