// audit list: events, the newest first.
import { toRfc3339 } from '../../core/time.ts';
import type { WirePage } from '../../server/wire/proposal.ts';
import type { WireEvent } from '../../server/wire/record.ts';
import { findAgentId } from '../find-agent.ts';
import { findProposalId, findRunId } from '../find-id.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { query, readResource } from '../resource.ts';
import { eventsText } from '../show/events.ts';
import { outputWidth } from '../terminal.ts';
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
    agent_id: options.agent === undefined ? undefined : findAgentId(project, options.agent),
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
  output.line(eventsText(items, filter, nowMs, output.paint, outputWidth()));
}
