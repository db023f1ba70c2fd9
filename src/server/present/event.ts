// An event as it travels: the same flat object as its line in the mirror, so that it can be checked by whoever gets it.
import { formatLine } from '../../core/audit/line.ts';
import { type EventRow, lineParts } from '../../store/read/events.ts';
import type { WireEvent } from '../wire/record.ts';

export function presentEvent(row: EventRow): WireEvent {
  return JSON.parse(eventText(row)) as WireEvent;
}

export function eventText(row: EventRow): string {
  return formatLine(lineParts(row));
}
