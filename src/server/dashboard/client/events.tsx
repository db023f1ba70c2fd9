// The newest events of the record as they commit, filtered by kind and agent. Flags stand out.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { WirePage } from '../../wire/proposal.ts';
import type { WireEvent } from '../../wire/record.ts';
import type { Api } from './api.ts';
import { addEvents, filterEvents, MOST_EVENTS } from './event-log.ts';
import { EventRow } from './event-row.tsx';

const KINDS: readonly (readonly [prefix: string, label: string])[] = [
  ['', 'Everything'],
  ['audit_flag_', '⚑ Flags'],
  ['proposal_', 'Proposals'],
  ['action_', 'Actions'],
  ['run_', 'Runs'],
  ['llm_call_', 'Model calls'],
  ['tool_call_', 'Tool calls'],
  ['budget_', 'Budget'],
  ['watchdog_', 'Watchdog'],
];

interface EventsProps {
  readonly api: Api;
  readonly events: readonly WireEvent[];
  readonly agentIds: readonly string[];
  readonly skewMs: number;
  readonly prefix: string;
  readonly onPrefix: (prefix: string) => void;
}

export function Events({ api, events, agentIds, skewMs, prefix, onPrefix }: EventsProps) {
  const [agentId, setAgentId] = useState('');
  const agents = useMemo(
    () => [...new Set([...agentIds, ...events.flatMap((event) => event.agent_id ?? [])])].sort(),
    [agentIds, events],
  );
  const older = useOlder(api, prefix.trim(), agentId);
  const shown = filterEvents(addEvents(older.events, events, 2 * MOST_EVENTS), prefix, agentId).slice(
    0,
    MOST_EVENTS,
  );
  return (
    <section id="events" class="panel" aria-labelledby="events-title">
      <div class="panel-head">
        <h2 id="events-title">The record</h2>
        <div class="filters">
          <label>
            <span class="visually-hidden">Kind of event, or how its type begins</span>
            <input
              type="search"
              list="event-kinds"
              value={prefix}
              placeholder="Type of event…"
              onInput={(event) => onPrefix(event.currentTarget.value)}
            />
          </label>
          <datalist id="event-kinds">
            {KINDS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </datalist>
          <label>
            <span class="visually-hidden">Agent</span>
            <select value={agentId} onChange={(event) => setAgentId(event.currentTarget.value)}>
              <option value="">All agents</option>
              {agents.map((agent) => (
                <option key={agent} value={agent}>
                  {agent}
                </option>
              ))}
            </select>
          </label>
        </div>
      </div>
      {shown.length === 0 && <p class="empty">{nothingShown(older)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable with the keyboard */}
      <ol class="events" tabIndex={0} aria-label={`The newest events, at most ${MOST_EVENTS}`}>
        {shown.map((event) => (
          <EventRow key={event.seq} event={event} skewMs={skewMs} />
        ))}
      </ol>
    </section>
  );
}

interface Older {
  readonly events: readonly WireEvent[];
  readonly answered: 'not asked' | 'asking' | 'yes' | 'failed';
}

/** A filter asks the server too: what is looked for may have been pushed out of the newest by a flood of others. */
function useOlder(api: Api, prefix: string, agentId: string): Older {
  const [older, setOlder] = useState<Older>({ events: [], answered: 'not asked' });
  useEffect(() => {
    const filtered = prefix !== '' || agentId !== '';
    setOlder({ events: [], answered: filtered ? 'asking' : 'not asked' });
    if (!filtered) return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ limit: String(MOST_EVENTS) });
      if (prefix !== '') query.set('event_type', `${prefix.toLowerCase().replace(/\*$/, '')}*`);
      if (agentId !== '') query.set('agent_id', agentId);
      const answer = await api.get<WirePage<WireEvent>>(`/audit?${query}`);
      if (!wanted) return;
      setOlder(
        answer.ok ? { events: answer.data.items, answered: 'yes' } : { events: [], answered: 'failed' },
      );
    }, 250);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [api, prefix, agentId]);
  return older;
}

/** Says that there is none only once the server said so. */
function nothingShown(older: Older): string {
  if (older.answered === 'asking') return 'Looking through the record…';
  if (older.answered === 'yes') return 'No event of this kind is in the record.';
  if (older.answered === 'failed') return 'None among the newest; the older ones could not be read.';
  return 'Nothing is recorded yet. Every step of every agent will show up here, as it is committed.';
}
