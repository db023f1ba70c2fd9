import { expect, it } from 'vitest';
import { howToStart } from '../../src/server/dashboard/client/how-to-start.ts';
import type { WireScoreboard, WireStatus } from '../../src/server/wire/record.ts';

const withAgents = (...ids: readonly string[]): WireScoreboard =>
  ({ items: ids.map((id) => ({ agent_id: id })) }) as unknown as WireScoreboard;
const stopped = { kill_switch: { on: true } } as unknown as WireStatus;

it('names the example agent only where there is one, and nothing while everything is stopped', () => {
  const example = { command: 'governed-agents run noop', isExample: true };
  expect(howToStart({ status: null, scoreboard: withAgents('hello', 'noop') })).toEqual(example);
  expect(howToStart({ status: null, scoreboard: null })).toEqual(example);
  expect(howToStart({ status: null, scoreboard: withAgents('mailer') })).toEqual({
    command: 'governed-agents run AGENT',
    isExample: false,
  });
  const paused = { items: [{ agent_id: 'noop', status: 'paused' }] } as unknown as WireScoreboard;
  expect(howToStart({ status: null, scoreboard: paused })).toMatchObject({ isExample: false });
  expect(howToStart({ status: stopped, scoreboard: withAgents('noop') })).toBe('stopped');
});
