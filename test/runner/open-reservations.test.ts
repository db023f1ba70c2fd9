import { expect, it } from 'vitest';
import { openReservations } from '../../src/runner/link/open-reservations.ts';
import type { ReserveAnswer, RunLink } from '../../src/runner/link/run-link.ts';

const CALL = {
  idempotency_key: 'k',
  kind: 'llm',
  provider: 'anthropic',
  model: 'm',
  input_tokens: 1,
  output_tokens: 1,
} as const;

it('what is reserved is open until it is closed, and what was refused never was', async () => {
  const answers: ReserveAnswer[] = [
    { result: 'reserved', reservation_id: 'rsv_1', reserved_micro_usd: 11_384 },
    { result: 'reserved', reservation_id: 'rsv_2', reserved_micro_usd: 5 },
    { result: 'refused', code: 'over_cap', detail: 'd', hint: 'h', remaining_micro_usd: null },
    { result: 'unreachable', why: 'gone', mayHaveArrived: true },
  ];
  const link = { reserve: () => Promise.resolve(answers.shift()) } as unknown as RunLink;
  const open = openReservations(link);
  for (let at = 0; at < 4; at += 1) await open.link.reserve(CALL);
  expect(open.microUsd()).toBe(11_389);
  open.closed('rsv_1');
  open.closed('unknown');
  expect(open.microUsd()).toBe(5);
});
