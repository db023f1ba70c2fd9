// "Approve it, and the next ones like it": a standing approval for the same action of the same agent, with bounds that the person sets.
import { useEffect, useRef, useState } from 'preact/hooks';
import { grantTarget } from '../../../core/grant/grant-target.ts';
import type { WireProposal } from '../../wire/proposal.ts';
import { ApprovalBar } from './approval-bar.tsx';
import { Visible } from './visible.tsx';

export interface GrantWish {
  readonly action_type: string;
  readonly agent_id: string | null;
  readonly resource: string | null;
  readonly irreversible: boolean;
  readonly uses: number;
  readonly for: string;
  readonly usd: number | null;
  readonly note: string;
}

interface GrantFormProps {
  readonly proposal: WireProposal;
  readonly cautions: readonly string[];
  readonly sending: boolean;
  readonly onBack: () => void;
  readonly onGrant: (wish: GrantWish) => void;
}

const SPANS = [
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
] as const;

export function GrantForm({ proposal, cautions, sending, onBack, onGrant }: GrantFormProps) {
  const [uses, setUses] = useState('5');
  const [span, setSpan] = useState('2h');
  const [usd, setUsd] = useState('');
  const [resource, setResource] = useState(grantTarget(proposal.action_type, proposal.payload) ?? '');
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const hasCost = proposal.expected_cost_micro_usd !== null;
  const isValid = /^[1-9]\d{0,3}$/.test(uses) && (usd === '' || /^\d{1,9}(\.\d{1,6})?$/.test(usd));

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') onBack();
  }

  function give(): void {
    onGrant({
      action_type: proposal.action_type,
      agent_id: proposal.agent_id,
      resource: resource.trim() === '' ? null : resource.trim(),
      irreversible: proposal.reversible === false,
      uses: Number(uses),
      for: span,
      usd: usd === '' ? null : Number(usd),
      note: `like ${proposal.proposal_id}`,
    });
  }

  return (
    <div class="grant-form">
      <p>
        Approve this one, and without asking the next <Visible text={proposal.action_type} /> of{' '}
        {proposal.agent_id ?? 'any agent'}:
      </p>
      <div class="inline-form">
        <label>
          <span>How many more</span>
          <input
            ref={first}
            type="text"
            inputMode="numeric"
            value={uses}
            onInput={(event) => setUses(event.currentTarget.value.trim())}
            onKeyDown={onKey}
          />
        </label>
        <label>
          <span>Within</span>
          <select value={span} onChange={(event) => setSpan(event.currentTarget.value)}>
            {SPANS.map(([each, words]) => (
              <option key={each} value={each}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {hasCost && (
          <label>
            <span>Dollars in all</span>
            <input
              type="text"
              inputMode="decimal"
              placeholder="no bound"
              value={usd}
              onInput={(event) => setUsd(event.currentTarget.value.trim())}
            />
          </label>
        )}
        <label>
          <span>Only on</span>
          <input
            type="text"
            placeholder="anything"
            value={resource}
            onInput={(event) => setResource(event.currentTarget.value)}
            onKeyDown={onKey}
          />
        </label>
      </div>
      <ApprovalBar
        of={proposal.proposal_id}
        cautions={cautions}
        says={`Approve it and grant ${uses} more`}
        onBack={onBack}
        onApprove={isValid && !sending ? give : null}
      />
    </div>
  );
}
