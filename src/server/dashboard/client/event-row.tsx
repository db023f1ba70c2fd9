// One event of the record: a line to scan, and everything it carries once it is opened.
import { useState } from 'preact/hooks';
import type { WireEvent } from '../../wire/record.ts';
import { formatClock } from './duration.ts';
import { isFlag } from './event-log.ts';
import { eventSummary } from './event-summary.ts';
import { payloadText } from './payload-text.ts';
import { Visible } from './visible.tsx';

export function EventRow(props: { readonly event: WireEvent; readonly skewMs: number }) {
  const { event, skewMs } = props;
  const [open, setOpen] = useState(false);
  const flag = isFlag(event.event_type);
  return (
    <li class={flag ? 'event flag' : 'event'}>
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary>
          <span class="event-time">{formatClock(event.ts, Date.now() + skewMs)}</span>
          <span class="event-type">
            {flag && '⚑ '}
            {event.event_type}
          </span>
          <span class="event-agent">{event.agent_id ?? event.actor.kind}</span>
          <span class="event-text">
            <Visible text={eventSummary(event.payload)} />
          </span>
        </summary>
        {open && (
          <div class="event-body">
            <p class="muted">
              #{event.seq} by {event.actor.kind}
              {event.actor.id !== null && ` ${event.actor.id}`}
              {event.run_id !== null && ` · ${event.run_id}`}
              {event.proposal_id !== null && ` · ${event.proposal_id}`}
              {event.tier !== null && ` · ${event.tier}`}
            </p>
            <pre>
              <Visible text={payloadText(event.payload)} />
            </pre>
            <p class="hash">
              <span class="muted">chain</span> <code>{event.hash}</code>
            </p>
          </div>
        )}
      </details>
    </li>
  );
}
