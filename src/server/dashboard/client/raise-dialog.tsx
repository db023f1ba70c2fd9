// Raises one cap: from what to what, what more that lets be spent, and what starts again with it, all said before it is sent.
import { useState } from 'preact/hooks';
import type { WireBudgetTier } from '../../wire/record.ts';
import { AskDialog } from './ask-dialog.tsx';
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

interface RaiseDialogProps {
  readonly board: Board;
  readonly holder: CapHolder;
  /** As it stood when the dialog was opened: what is typed is about that. */
  readonly tier: WireBudgetTier;
  readonly onClose: () => void;
}

export function RaiseDialog({ board, holder, tier, onClose }: RaiseDialogProps) {
  const [text, setText] = useState('');
  const limit = readNewLimit(tier, text);
  const words = capWords(tier);
  const amount = (value: number): string => capAmount(tier.unit, value);
  const isReady = limit.result === 'limit';
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
      meaning={{
        isGood: isReady,
        says: isReady ? (
          <>
            {amount(tier.cap)} → <strong>{amount(limit.amount)}</strong> {words},{' '}
            {amount(limit.amount - tier.cap)} more. What is paused at a cap of {holderName(holder)} goes on.
            It is recorded, and holds until the rules say another cap.
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
        {isEach(tier) ? '.' : `: ${standing(tier)}.`}
      </p>
    </AskDialog>
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
