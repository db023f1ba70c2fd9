// Verifies the record: the chain of the store event by event, the mirror byte by byte against it, and every signed head at its
// place. It names the first event that is not what was recorded, and changes nothing.

import { formatLine } from '../../core/audit/line.ts';
import { ChainWalk } from '../../core/audit/verify.ts';
import { fieldOf } from '../../core/json-object.ts';
import { type EventRow, lineParts, readEventsAfter, readTip, type Store } from '../../store/entry.ts';
import type { KnownHead } from './known-heads.ts';
import type { MirrorFile } from './mirror-file.ts';

export interface RecordFault {
  readonly where: 'store' | 'mirror' | 'head';
  /** altered, missing, … as a stable word. */
  readonly problem: string;
  readonly seq: number;
  readonly event_type: string | null;
  readonly detail: string;
  /** Of the mirror, or the head's own. */
  readonly file: string | null;
  readonly line: number | null;
}

export interface Verified {
  readonly events: number;
  readonly hash: string;
  /** Events whose payload was purged: they verify, their content can't be seen. */
  readonly purged: number;
  /** Events that the mirror does not hold yet. */
  readonly behind: number;
  /** The mirror's last line is incomplete: a write was cut or is under way. */
  readonly torn: boolean;
  readonly heads: readonly KnownHead[];
  /** The first one found; null when everything verifies. */
  readonly fault: RecordFault | null;
}

const ROWS_AT_ONCE = 1_000;

/** `mirror` is null when there is no file; its size is taken before this is called, so that it can't run ahead of the store. */
export function verifyRecord(store: Store, mirror: MirrorFile | null, heads: readonly KnownHead[]): Verified {
  const walk = new ChainWalk();
  const tipSeq = readTip(store).seq;
  let mirrored = 0;
  let torn = false;
  const verified = (fault: RecordFault | null): Verified => ({
    events: walk.seq,
    hash: walk.hash,
    purged: walk.purged,
    behind: mirror === null ? walk.seq : Math.max(0, walk.seq - mirrored),
    torn,
    heads,
    fault,
  });
  for (
    let rows = readEventsAfter(store, 0, ROWS_AT_ONCE);
    rows.length > 0;
    rows = readEventsAfter(store, walk.seq, ROWS_AT_ONCE)
  ) {
    const lines: string[] = [];
    for (const row of rows) {
      const parts = lineParts(row);
      const found = walk.check(parts);
      if (found !== null)
        return verified({
          where: 'store',
          problem: found.problem,
          seq: found.seq,
          event_type: found.eventType,
          detail: found.detail,
          file: store.path,
          line: null,
        });
      if (!columnsFollow(row)) return verified(columnsDiffer(row, store));
      const differing = heads.find(({ head }) => head.seq === row.seq && head.hash !== row.hash);
      if (differing !== undefined) return verified(headDiffers(differing, row.seq));
      lines.push(formatLine(parts));
    }
    const compared = mirror?.compare(lines) ?? { matched: 0, differs: null, torn: false };
    mirrored += compared.matched;
    torn ||= compared.torn;
    if (compared.differs !== null && mirror !== null) {
      const row = rows[compared.matched];
      return verified({
        where: 'mirror',
        problem: 'mirror_differs',
        seq: row?.seq ?? mirrored + 1,
        event_type: row === undefined ? null : typeOf(row.event),
        detail: compared.differs,
        file: mirror.path,
        line: mirrored + 1,
      });
    }
  }
  return verified(cutOff(walk, tipSeq, store, mirror, heads) ?? mirrorCut(mirror, mirrored, heads));
}

/** What events are found by stands in columns of its own, outside the hash: it has to be what the event says. */
function columnsFollow(row: EventRow): boolean {
  const { event } = row;
  const text = JSON.stringify;
  return (
    event.includes(`"ts":"${new Date(row.ts_ms).toISOString()}","host_id":`) &&
    event.includes(`"event_type":${text(row.event_type)},"actor":`) &&
    event.includes(
      `"agent_id":${text(row.agent_id)},"run_id":${text(row.run_id)},"proposal_id":${text(row.proposal_id)},"tier":`,
    )
  );
}

function columnsDiffer(row: EventRow, store: Store): RecordFault {
  return {
    where: 'store',
    problem: 'columns_differ',
    seq: row.seq,
    event_type: typeOf(row.event),
    detail: 'the columns that it is found by are not what the event says: a query would miss or misplace it',
    file: store.path,
    line: null,
  };
}

/** What should follow the last event, and does not. */
function cutOff(
  walk: ChainWalk,
  tipSeq: number,
  store: Store,
  mirror: MirrorFile | null,
  heads: readonly KnownHead[],
): RecordFault | null {
  const missing = { problem: 'events_missing', seq: walk.seq + 1, event_type: null } as const;
  if (walk.seq < tipSeq) {
    const detail = `the store ends at event ${walk.seq}, but has one numbered ${tipSeq}`;
    return { ...missing, where: 'store', detail, file: store.path, line: null };
  }
  const later = heads.find(({ head }) => head.seq > walk.seq);
  if (later !== undefined) {
    const detail = `the head of ${later.head.ts} says there were ${later.head.seq} events; the record ends at ${walk.seq}`;
    return { ...missing, where: 'head', detail, file: later.file, line: null };
  }
  if (mirror?.hasMore() === true) {
    const detail = `the mirror goes on after event ${walk.seq}, where the store ends`;
    return { ...missing, where: 'store', detail, file: mirror.path, line: walk.seq + 1 };
  }
  return null;
}

/** The server signs only what the mirror holds, so a mirror that ends before a head of the state folder lost its end since. */
function mirrorCut(
  mirror: MirrorFile | null,
  mirrored: number,
  heads: readonly KnownHead[],
): RecordFault | null {
  const signed = heads.filter(({ isElsewhere, head }) => !isElsewhere && head.seq > mirrored).at(-1);
  if (signed === undefined) return null;
  const found = mirror === null ? 'there is no audit.jsonl' : `audit.jsonl ends at event ${mirrored}`;
  return {
    where: 'mirror',
    problem: 'mirror_cut',
    seq: mirrored + 1,
    event_type: null,
    detail: `${found}, but it held event ${signed.head.seq} when the head of ${signed.head.ts} was signed; the store still has them all`,
    file: mirror?.path ?? null,
    line: mirrored + 1,
  };
}

function headDiffers(known: KnownHead, seq: number): RecordFault {
  return {
    where: 'head',
    problem: 'head_differs',
    seq,
    event_type: null,
    detail: `the head of ${known.head.ts} has another hash for it: the record was rewritten at or before this event`,
    file: known.file,
    line: null,
  };
}

function typeOf(event: string): string | null {
  const type = fieldOf(JSON.parse(event), 'event_type');
  return type === undefined ? null : String(type);
}
