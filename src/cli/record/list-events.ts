// audit list: events newest first, one a line.
import { toRfc3339 } from '../../core/time.ts';
import { visibleLine } from '../../core/visible-text.ts';
import type { WirePage } from '../../server/wire/proposal.ts';
import type { WireEvent } from '../../server/wire/record.ts';
import { findProposalId, findRunId } from '../find-id.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { query, readResource } from '../resource.ts';
import { eventSummary } from '../show/event-summary.ts';
import { localTime } from '../show/words.ts';
import type { Paint } from '../terminal.ts';
import { countOption, timeOption } from '../time-option.ts';

export interface ListOptions {
  readonly agent?: string;
  readonly run?: string;
  readonly proposal?: string;
  readonly type?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
}

const PAGE = 200;
const MOST = 100_000;

export async function listEvents(project: Project, output: Output, options: ListOptions): Promise<void> {
  const limit = countOption('--limit', options.limit, MOST);
  const nowMs = Date.now();
  const time = (name: string, text: string | undefined): string | undefined =>
    text === undefined ? undefined : toRfc3339(timeOption(name, text, nowMs));
  const filter = {
    agent_id: options.agent,
    run_id: options.run === undefined ? undefined : findRunId(project, options.run),
    proposal_id: options.proposal === undefined ? undefined : findProposalId(project, options.proposal),
    event_type: options.type,
    since: time('--since', options.since),
    until: time('--until', options.until),
  };
  const items: WireEvent[] = [];
  let cursor: string | null = null;
  do {
    const page = query({
      ...filter,
      limit: Math.min(PAGE, limit - items.length),
      cursor: cursor ?? undefined,
    });
    const { value }: { value: WirePage<WireEvent> } = await readResource(project, output, `/audit${page}`);
    items.push(...value.items);
    cursor = value.next_cursor;
  } while (cursor !== null && items.length < limit);
  output.data({ items, next_cursor: cursor });
  if (output.json) return;
  if (items.length === 0) output.line('No such event.');
  for (const event of items) output.line(eventLine(event, output.paint));
}

function eventLine(event: WireEvent, paint: Paint): string {
  const subject = [event.agent_id, event.proposal_id ?? event.run_id]
    .filter((each) => each !== null)
    .map(visibleLine);
  const parts = [
    paint.dim(String(event.seq).padStart(6)),
    paint.dim(localTime(event.ts)),
    typeText(event.event_type, paint),
    event.actor.kind.padEnd(9),
    subject.join(' '),
    paint.dim(eventSummary(event.payload)),
  ];
  return parts
    .filter((part) => part !== '')
    .join('  ')
    .trimEnd();
}

function typeText(type: string, paint: Paint): string {
  const padded = visibleLine(type).padEnd(26);
  if (type.startsWith('audit_flag_')) return paint.red(padded);
  if (/paused|pause$|killed|kill_switch|denied|failed|unknown|expired/.test(type))
    return paint.yellow(padded);
  return padded;
}
