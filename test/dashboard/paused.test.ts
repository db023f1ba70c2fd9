import { expect, it } from 'vitest';
import type { BoardState } from '../../src/server/dashboard/client/board-state.ts';
import { pausedOf, pausedWords, waitsForRaise } from '../../src/server/dashboard/client/paused.ts';
import type { WireRun, WireScoreboard } from '../../src/server/wire/record.ts';

const aRun = (status: string, by: string | null, agent = 'noop'): WireRun =>
  ({ agent_id: agent, status, pause_source: by }) as unknown as WireRun;

const agents = (
  ...rows: readonly (readonly [id: string, status: string, by: string | null])[]
): WireScoreboard =>
  ({
    items: rows.map(([agent_id, status, by]) => ({ agent_id, status, pause_source: by })),
  }) as unknown as WireScoreboard;

const said = (scoreboard: BoardState['scoreboard'], ...liveRuns: readonly WireRun[]): string =>
  pausedWords(pausedOf({ scoreboard, liveRuns }));

it('what stands until a person acts is counted once, and not what goes on by itself', () => {
  const atCap = agents(['noop', 'paused', 'cap'], ['b', 'warning', null], ['c', 'killed', 'operator']);
  const runs = [aRun('paused', 'agent'), aRun('paused', 'supervisor', 'b'), aRun('running', null, 'b')];
  expect(pausedOf({ scoreboard: atCap, liveRuns: runs })).toEqual({ agents: 1, runs: 0, isAtCap: true });
  expect(said(atCap, ...runs)).toBe('1 agent stands paused at a cap');
  expect(said(atCap, aRun('paused', 'cap', 'b'))).toBe('1 agent and 1 run stand paused at a cap');
  expect(said(null, aRun('paused', 'cap'), aRun('paused', 'operator'))).toBe('2 runs stand paused');
});

it('a raise helps a run at a cap, and one that stands with an agent at a cap, and no other', () => {
  const board = agents(['noop', 'paused', 'cap'], ['b', 'paused', 'operator']);
  expect(waitsForRaise(aRun('paused', 'cap'), board)).toBe(true);
  expect(waitsForRaise(aRun('paused', 'agent'), board)).toBe(true);
  expect(waitsForRaise(aRun('paused', 'agent', 'b'), board)).toBe(false);
  expect(waitsForRaise(aRun('paused', 'operator'), board)).toBe(false);
  expect(waitsForRaise(aRun('running', null), board)).toBe(false);
  expect(waitsForRaise(aRun('paused', 'agent'), null)).toBe(false);
});
