// Lists leave long payloads out, so that no flood of them holds the page up; the one that is looked at is read whole, once a payload.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireProposal } from '../../wire/proposal.ts';
import type { Board } from './board.ts';

export type Whole =
  | { readonly is: 'whole'; readonly proposal: WireProposal }
  | { readonly is: 'reading' }
  | { readonly is: 'unreadable'; readonly problem: WireProblem };

export function useWhole(board: Board, proposal: WireProposal): Whole {
  const { proposal_id: id, payload_hash: hash } = proposal;
  const isLeftOut = proposal.payload_left_out === true;
  /** The newest that came with its payload, from wherever. */
  const read = useRef<WireProposal | null>(null);
  if (!isLeftOut) read.current = proposal;
  const [problem, setProblem] = useState<WireProblem | null>(null);
  const [, setReads] = useState(0);
  const isRead = read.current?.payload_hash === hash;
  useEffect(() => {
    if (isRead) return;
    let wanted = true;
    void board.api.get<WireProposal>(`/proposals/${encodeURIComponent(id)}`).then((answer) => {
      if (!wanted) return;
      setProblem(answer.ok ? null : answer.problem);
      if (!answer.ok) return;
      read.current = answer.data;
      setReads((count) => count + 1);
    });
    return () => {
      wanted = false;
    };
  }, [id, hash, isRead]);
  const whole = read.current;
  if (whole === null || !isRead) {
    return problem === null ? { is: 'reading' } : { is: 'unreadable', problem };
  }
  const { payload, original_payload } = whole;
  return { is: 'whole', proposal: { ...proposal, payload, original_payload } };
}
