// One run looked at closely: everything that is known of it, and the end of its transcript.
import { useState } from 'preact/hooks';
import type { WireRun } from '../../wire/record.ts';
import type { Board } from './board.ts';
import { formatClock } from './duration.ts';
import { Fact } from './fact.tsx';
import { formatCount, formatLimit, formatSpent, formatSpentOf } from './money.ts';
import { RunTranscript } from './run-transcript.tsx';
import { ADVISORY_MEANING, CONFINED_MEANING } from './tier.tsx';
import { Visible } from './visible.tsx';

export function RunDetail(props: { readonly board: Board; readonly run: WireRun }) {
  const { board, run } = props;
  const [open, setOpen] = useState(false);
  return (
    <details class="run-more" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Details and transcript</summary>
      {open && (
        <>
          <RunFacts run={run} />
          <RunTranscript board={board} runId={run.run_id} />
        </>
      )}
    </details>
  );
}

function RunFacts({ run }: { readonly run: WireRun }) {
  const nowMs = Date.now();
  return (
    <dl class="facts facts-small">
      <Fact name="Confinement">
        {run.tier === 'confined' ? CONFINED_MEANING : ADVISORY_MEANING}{' '}
        {run.tier_reason !== null && (
          <>
            Why: <Visible text={run.tier_reason} />
          </>
        )}
      </Fact>
      {!run.supervised && <Fact name="Supervision">No watchdog was alive when it started.</Fact>}
      <Fact name="Started">{formatClock(run.started_at, nowMs)}</Fact>
      {run.ended_at !== null && (
        <Fact name="Ended">
          {formatClock(run.ended_at, nowMs)}
          {run.exit_code !== null && `, exit code ${run.exit_code}`}
        </Fact>
      )}
      <Fact name="Spent">
        {formatSpentOf(run.spent_micro_usd, run.cap_micro_usd)}
        {run.notional && ' notional'}
        {run.cap_micro_usd !== null && ` of ${formatLimit(run.cap_micro_usd)}`}
        {run.reserved_micro_usd > 0 && `, ${formatSpent(run.reserved_micro_usd)} reserved`},{' '}
        {formatCount(run.tokens)} tokens
      </Fact>
      <Fact name="Agent’s version">
        <code title={run.agent_version}>{run.agent_version.slice(0, 16)}</code>
      </Fact>
    </dl>
  );
}
