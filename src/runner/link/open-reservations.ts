// What is reserved for a run and not closed yet, as far as its runner was told: while the server is gone, nobody else can say what the run
// may still have cost.
import type { RunLink } from './run-link.ts';

export interface OpenReservations {
  /** The link to reserve over. */
  readonly link: RunLink;
  closed(reservationId: string): void;
  microUsd(): number;
}

export function openReservations(link: RunLink): OpenReservations {
  const open = new Map<string, number>();
  return {
    link: {
      ...link,
      async reserve(body) {
        const answer = await link.reserve(body);
        if (answer.result === 'reserved') open.set(answer.reservation_id, answer.reserved_micro_usd);
        return answer;
      },
    },
    closed: (id) => open.delete(id),
    microUsd: () => [...open.values()].reduce((sum, each) => sum + each, 0),
  };
}
