// Events, one a line. On a terminal each keeps to its line: ids shortened to their end, the summary cut where the line ends. A pipe gets both whole.
import { visibleLine } from '../../core/visible-text.ts';
import type { WireEvent } from '../../server/wire/record.ts';
import type { Paint } from '../terminal.ts';
import { eventSummary } from './event-summary.ts';
import { foldedWords } from './folded-words.ts';
import { cutToWidth, shownWidth } from './shown-width.ts';
import { localTime } from './words.ts';

const GAP = '  ';
/** With less room than this, who did it is left out: it is mostly clear from the type. */
const ROOM_FOR_ACTOR = 120;
/** Less of a summary than this says nothing. */
const LEAST_SUMMARY = 8;
/** Types and actors stand under each other; a longer type is seldom. */
const TYPE_COLUMNS = 26;
const ACTOR_COLUMNS = 9;
const ID = /\b[a-z]{3}_[0-9a-z]{26}\b/g;

export interface EventFilter {
  readonly agent_id?: string | undefined;
  readonly run_id?: string | undefined;
  readonly proposal_id?: string | undefined;
  readonly event_type?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export function eventsText(
  events: readonly WireEvent[],
  filter: EventFilter,
  nowMs: number,
  paint: Paint,
  width: number,
): string {
  if (events.length === 0) return foldedWords(noEvent(filter), width);
  return Number.isFinite(width)
    ? terminalLines(events, nowMs, paint, width)
    : events.map((event) => wholeLine(event, paint)).join('\n');
}

/** What was asked for, so that it is clear of what there is none. */
function noEvent(filter: EventFilter): string {
  const parts = [
    ...(filter.event_type === undefined ? [] : [`of type ${visibleLine(filter.event_type)}`]),
    ...(filter.agent_id === undefined ? [] : [`of ${visibleLine(filter.agent_id)}`]),
    ...(filter.run_id === undefined ? [] : [`in ${filter.run_id}`]),
    ...(filter.proposal_id === undefined ? [] : [`about ${filter.proposal_id}`]),
    ...(filter.since === undefined ? [] : [`since ${localTime(filter.since)}`]),
    ...(filter.until === undefined ? [] : [`until ${localTime(filter.until)}`]),
  ];
  return parts.length === 0
    ? 'No event yet. `governed-agents accept` makes the first one.'
    : `No event ${parts.join(', ')}.`;
}

function wholeLine(event: WireEvent, paint: Paint): string {
  const subject = [event.agent_id, event.proposal_id ?? event.run_id].filter((each) => each !== null);
  return [
    paint.dim(String(event.seq).padStart(6)),
    paint.dim(localTime(event.ts)),
    typeText(event.event_type, TYPE_COLUMNS, paint),
    event.actor.kind.padEnd(ACTOR_COLUMNS),
    subject.map(visibleLine).join(' '),
    paint.dim(eventSummary(event.payload)),
  ]
    .filter((part) => part !== '')
    .join(GAP)
    .trimEnd();
}

function terminalLines(events: readonly WireEvent[], nowMs: number, paint: Paint, width: number): string {
  const rows = events.map((event) => ({
    event,
    seq: String(event.seq),
    time: shortTime(event.ts, nowMs),
  }));
  const widest = (of: (row: (typeof rows)[number]) => string): number =>
    Math.max(...rows.map((row) => shownWidth(of(row))));
  const seqs = widest(({ seq }) => seq);
  const times = widest(({ time }) => time);
  const types = Math.min(
    TYPE_COLUMNS,
    widest(({ event }) => visibleLine(event.event_type)),
  );
  return rows
    .map(({ event, seq, time }) => {
      const actor = width < ROOM_FOR_ACTOR ? [] : [event.actor.kind.padEnd(ACTOR_COLUMNS)];
      const fixed = [
        paint.dim(seq.padStart(seqs)),
        paint.dim(time.padStart(times)),
        typeText(event.event_type, types, paint),
        ...actor,
      ].join(GAP);
      const room = width - shownWidth(fixed) - GAP.length;
      const who = subjectOf(event, room);
      const left = who === '' ? room : room - shownWidth(who) - GAP.length;
      const summary = eventSummary(event.payload).replaceAll(ID, (id) => shortId(id));
      const what = left < LEAST_SUMMARY ? '' : cutToWidth(summary, left);
      const parts = [fixed, ...(who === '' ? [] : [who]), ...(what === '' ? [] : [paint.dim(what)])];
      return parts.join(GAP).trimEnd();
    })
    .join('\n');
}

/** The end of an id tells it from its neighbours; its beginning is the time, which they nearly share. */
function shortId(id: string): string {
  return `…${id.slice(-6)}`;
}

/** "noop …9bdxqs": the name gives way to the id. */
function subjectOf({ agent_id: agent, proposal_id: proposal, run_id: run }: WireEvent, room: number): string {
  const id = proposal ?? run;
  const end = id === null ? '' : shortId(id);
  const name = cutToWidth(visibleLine(agent ?? ''), room - (end === '' ? 0 : end.length + 1));
  return [name, end].filter((part) => part !== '').join(' ');
}

/** Local; the day where it is another than today, the year where that is another. */
function shortTime(time: string, nowMs: number): string {
  const at = localTime(time);
  const now = localTime(new Date(nowMs).toISOString());
  if (at.slice(0, 10) === now.slice(0, 10)) return at.slice(11);
  return at.slice(0, 4) === now.slice(0, 4) ? at.slice(5) : at;
}

function typeText(type: string, columns: number, paint: Paint): string {
  const padded = visibleLine(type).padEnd(columns);
  if (type.startsWith('audit_flag_')) return paint.red(padded);
  if (/paused|pause$|killed|kill_switch|denied|failed|unknown|expired/.test(type))
    return paint.yellow(padded);
  return padded;
}
