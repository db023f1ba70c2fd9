// Raises one cap: from what to what, what more that lets be spent, for whom, and whether what waits goes on, all said before it is sent.
import { useEffect, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WirePage } from '../../wire/proposal.ts';
import type { WireBudgetTier, WireEvent } from '../../wire/record.ts';
import { AskDialog } from './ask-dialog.tsx';
import type { Board } from './board.ts';
import type { CapRow } from './cap-rows.ts';
import { type CapStop, type CapWait, capStops, stopsElsewhere, waitAt } from './cap-stops.ts';
import {
  type CapHolder,
  capAmount,
  capWords,
  holderName,
  limitText,
  raiseRequest,
  readNewLimit,
  usedAmount,
} from './cap-words.ts';
import { ProblemNote } from './problem-note.tsx';
import { raiseEffect, raiseLasts, raiseReach } from './raise-meaning.ts';

const MOST_STOPS = 200;

interface RaiseDialogProps {
  readonly board: Board;
  /** As it stood when the dialog was opened: what is typed is about that. */
  readonly row: CapRow;
  readonly onClose: () => void;
}

export function RaiseDialog({ board, row, onClose }: RaiseDialogProps) {
  const { holder, tier } = row;
  const [text, setText] = useState('');
  const { stops, problem } = useStops(board, holder);
  const wait = waitAt(row, stops);
  const limit = readNewLimit(tier, text);
  const words = capWords(tier);
  const amount = (value: number): string => capAmount(tier.unit, value);
  const isReady = limit.result === 'limit';
  const reach = raiseReach(row);
  const effect = isReady ? raiseEffect(row, wait, stopsElsewhere(row, stops), limit.amount) : null;
  const { path, body } = raiseRequest(holder);
  return (
    <AskDialog
      title={`Raise a cap of ${holderName(holder)}`}
      label={
        <>
          New cap {words}
          {tier.unit === 'usd' && ', in dollars'}
        </>
      }
      text={text}
      onText={setText}
      isNumber
      {...(wait === null ? {} : { offer: offerOf(tier, wait) })}
      meaning={{
        isGood: isReady,
        says: isReady ? (
          <>
            {amount(tier.cap)} → <strong>{amount(limit.amount)}</strong> {words},{' '}
            {amount(limit.amount - tier.cap)} more.{' '}
            {effect !== null && effect.is !== 'nothing waits' && (
              <span class={effect.is === 'enough' ? undefined : 'caution'}>{effect.says} </span>
            )}
            {raiseLasts(row)}
          </>
        ) : (
          limit.why
        ),
      }}
      confirm={{ says: isReady ? `Raise it to ${amount(limit.amount)}` : 'Raise it', isDanger: false }}
      send={isReady ? () => board.act(path, { ...body, tier: tier.tier, [tier.unit]: limit.said }) : null}
      onClose={onClose}
    >
      <p>
        Now <strong>{amount(tier.cap)}</strong> {words}
        {row.isCounted ? `${row.runId === null ? ':' : '. This run:'} ${standing(tier)}.` : '.'}
      </p>
      {reach !== null && <p>{reach}</p>}
      <ProblemNote problem={problem} />
    </AskDialog>
  );
}

/** What waits, and the limit that is enough for it: nobody has to work it out. */
function offerOf(tier: WireBudgetTier, wait: CapWait) {
  const enough = capAmount(tier.unit, wait.enough);
  const asked = wait.asked === 0 ? '' : `, asking for up to ${capAmount(tier.unit, wait.asked)}`;
  return {
    text: limitText(tier.unit, wait.enough),
    why: (
      <>
        {wait.calls === 1 ? 'A call waits at it' : `${wait.calls} calls wait at it`}
        {asked}. <strong>{enough}</strong> is enough.
      </>
    ),
    says: `Fill in ${enough}`,
  };
}

interface Stops {
  readonly stops: readonly CapStop[];
  readonly problem: WireProblem | null;
}

/** Read once, when the dialog is opened. */
function useStops(board: Board, holder: CapHolder): Stops {
  const [read, setRead] = useState<Stops>({ stops: [], problem: null });
  useEffect(() => {
    let wanted = true;
    const of = holder.kind === 'agent' ? `&agent_id=${encodeURIComponent(holder.agentId)}` : '';
    void board.api
      .get<WirePage<WireEvent>>(`/audit?event_type=budget_paused&limit=${MOST_STOPS}${of}`)
      .then((answer) => {
        if (!wanted) return;
        if (answer.ok) setRead({ stops: capStops(answer.data.items, board.cell.read()), problem: null });
        else setRead({ stops: [], problem: answer.problem });
      });
    return () => {
      wanted = false;
    };
  }, []);
  return read;
}

function standing(tier: WireBudgetTier): string {
  const reserved = tier.reserved > 0 ? `, ${usedAmount(tier, tier.reserved)} reserved` : '';
  return `${usedAmount(tier, tier.posted)} used${reserved}, ${usedAmount(tier, tier.remaining)} left`;
}
