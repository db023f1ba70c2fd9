// What the demo asks the server as the operator: what waits, what became of it, what the record and the ledger say.
import { setTimeout as sleep } from 'node:timers/promises';
import type { WireProposal } from '../../server/wire/proposal.ts';
import type { WireBudget, WireEvent } from '../../server/wire/record.ts';
import { bodyOf, type Client } from '../client.ts';

export interface Operator {
  /** The first proposal that waits, as soon as there is one. */
  waitingProposal(): Promise<WireProposal>;
  /** A proposal once its executor is done with it. */
  outcome(proposalId: string): Promise<WireProposal>;
  /** The newest event of a type, as soon as there is one. */
  event(type: string): Promise<WireEvent>;
  events(type: string): Promise<readonly WireEvent[]>;
  budget(agentId: string): Promise<WireBudget>;
}

const LIMIT_MS = 20_000;
const EVERY_MS = 10;

export function operatorOf(client: Client): Operator {
  const get = async <T>(path: string): Promise<T> => bodyOf(await client.get(path)) as T;
  const items = async <T>(path: string): Promise<readonly T[]> =>
    (await get<{ items: readonly T[] }>(path)).items;
  const events = (type: string): Promise<readonly WireEvent[]> =>
    items<WireEvent>(`/audit?event_type=${encodeURIComponent(type)}&limit=500`);
  return {
    waitingProposal: () =>
      soon('a proposal to wait', async () => (await items<WireProposal>('/proposals?status=pending'))[0]),
    outcome: (id) =>
      soon('the executor to finish', async () => {
        const proposal = await get<WireProposal>(`/proposals/${id}?wait=10s`);
        return proposal.outcome === null ? undefined : proposal;
      }),
    event: (type) => soon(`the event ${type}`, async () => (await events(type))[0]),
    events,
    budget: (agentId) => get(`/budget/${agentId}`),
  };
}

async function soon<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error(`the demo waited ${LIMIT_MS / 1000} s for ${what}`);
    await sleep(EVERY_MS);
  }
}
