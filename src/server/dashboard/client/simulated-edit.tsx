// What the edited rules would have decided otherwise in the recent past: asked for once for each edit that somebody looks at, and said
// before they are accepted.
import { useEffect, useState } from 'preact/hooks';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireEditSimulated, WireSimulatedExample } from '../../wire/simulation.ts';
import type { Board } from './board.ts';
import { formatCount } from './money.ts';
import { ProblemNote } from './problem-note.tsx';
import { Visible } from './visible.tsx';

type Effect = WireSimulatedExample['as_recorded']['effect'];

const DONE: Readonly<Record<Effect, string>> = {
  allow: 'allowed',
  require_approval: 'held',
  deny: 'denied',
};
const MOST_CHANGES = 12;

export function SimulatedEdit(props: { readonly board: Board; readonly edited: string }) {
  const { board, edited } = props;
  const [found, setFound] = useState<WireEditSimulated | null>(null);
  const [problem, setProblem] = useState<WireProblem | null>(null);

  useEffect(() => {
    let wanted = true;
    setFound(null);
    setProblem(null);
    void board.api.get<WireEditSimulated>('/admin/simulation').then((answer) => {
      if (!wanted) return;
      if (!answer.ok) setProblem(answer.problem);
      // Of files that were edited again meanwhile: their own answer is asked for when they are shown.
      else if (answer.data.changed === edited) setFound(answer.data);
    });
    return () => {
      wanted = false;
    };
  }, [edited]);

  return (
    <section class="simulated" aria-live="polite" aria-label="What the edited rules would have changed">
      <h3>Against what was done</h3>
      {found === null && problem === null && <p class="muted">Replaying what was done…</p>}
      {found !== null && <Found found={found} />}
      <ProblemNote problem={problem} />
    </section>
  );
}

function Found({ found }: { readonly found: WireEditSimulated }) {
  const days = `the last ${found.bound.days} days`;
  const missing = found.not_replayed.total;
  if (found.actions + missing === 0) return <p>No action in {days}: nothing to replay.</p>;
  const newest = found.actions + missing >= found.bound.actions ? 'the newest ' : '';
  return (
    <>
      <p>
        Of {newest}
        {formatCount(found.actions)} actions of {days},{' '}
        {found.differences === 0 ? (
          'none would be decided otherwise.'
        ) : (
          <>
            <strong>{formatCount(found.differences)} would be decided otherwise</strong>:{' '}
            {formatCount(found.stricter)} more strictly, {formatCount(found.looser)} less strictly.
          </>
        )}
      </p>
      {found.changes.length > 0 && <Changes found={found} />}
      {found.examples.length > 0 && <Examples examples={found.examples} />}
      {missing > 0 && (
        <p class="muted">
          {formatCount(missing)} could not be replayed: what they were about is not in the record.
        </p>
      )}
      {found.not_as_recorded > 0 && (
        <p class="muted">
          {formatCount(found.not_as_recorded)} are decided otherwise by the rules in force than they were
          then.
        </p>
      )}
    </>
  );
}

function Changes({ found }: { readonly found: WireEditSimulated }) {
  const left = found.changes.length - MOST_CHANGES;
  return (
    <ul>
      {found.changes.slice(0, MOST_CHANGES).map((each) => (
        <li key={JSON.stringify([each.action, each.from, each.to, each.rule_in_force, each.rule_changed])}>
          {formatCount(each.count)} ×{' '}
          <code>
            <Visible text={each.action} />
          </code>
          : {DONE[each.from]} by <Visible text={each.rule_in_force} /> → <strong>{DONE[each.to]}</strong> by{' '}
          <Visible text={each.rule_changed} />
        </li>
      ))}
      {left > 0 && <li class="muted">and {formatCount(left)} other kinds of change</li>}
    </ul>
  );
}

function Examples({ examples }: { readonly examples: readonly WireSimulatedExample[] }) {
  return (
    <details>
      <summary>Examples</summary>
      <ul>
        {examples.map((each) => (
          <li key={each.seq}>
            <code>{each.id ?? `event ${each.seq}`}</code>{' '}
            <time dateTime={each.ts}>{new Date(each.ts).toLocaleString()}</time>{' '}
            <Visible text={each.agent_id ?? 'operator'} />:{' '}
            <code>
              <Visible text={each.action} />
            </code>
            , {DONE[each.in_force.effect]} → <strong>{DONE[each.changed.effect]}</strong>
            {each.content !== '' && (
              <pre>
                <Visible text={each.content} />
                {each.content_is_cut && '…'}
              </pre>
            )}
            {each.changed.reasons.map((reason) => (
              <p key={reason} class="muted">
                <Visible text={reason} />
              </p>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
