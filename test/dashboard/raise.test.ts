import { describe, expect, it } from 'vitest';
import type { BoardState } from '../../src/server/dashboard/client/board-state.ts';
import type { CapRow } from '../../src/server/dashboard/client/cap-rows.ts';
import { capStops, stopsElsewhere, waitAt } from '../../src/server/dashboard/client/cap-stops.ts';
import { raiseEffect, raiseLasts, raiseReach } from '../../src/server/dashboard/client/raise-meaning.ts';
import type { WireBudgetTier, WireEvent } from '../../src/server/wire/record.ts';
import { anEvent } from './wire-samples.ts';

function aRow(tier: Partial<WireBudgetTier> = {}, row: Partial<CapRow> = {}): CapRow {
  const whole = { tier: 'run', unit: 'usd', scope: 'run', owner: 'agent', cap: 202_000, ...tier } as const;
  const { posted = 196_000, reserved = 0, cap } = { ...whole };
  return {
    key: 'x',
    name: 'x',
    of: null,
    isCounted: true,
    runId: 'run_1',
    holder: { kind: 'agent', agentId: 'spender' },
    tier: { ...whole, posted, reserved, remaining: cap - posted, remaining_pct: 3 },
    ...row,
  };
}

function stopped(over: Readonly<Record<string, unknown>> = {}, event: Partial<WireEvent> = {}): WireEvent {
  const payload = {
    scope: 'run',
    owner: 'agent',
    on_cap: 'pause',
    cap: 'run_usd',
    limit: 202_000,
    posted: 196_000,
    reserved: 0,
    asked: 12_909,
    left: 6_000,
    ...over,
  };
  return anEvent(1, { event_type: 'budget_paused', agent_id: 'spender', payload, ...event });
}

function standing(runs: Readonly<Record<string, string>>, agents: Readonly<Record<string, string>> = {}) {
  return {
    liveRuns: Object.entries(runs).map(([run_id, pause_source]) => ({
      run_id,
      pause_source,
      status: 'paused',
      group: run_id.startsWith('run_g') ? 'nightly' : null,
    })),
    scoreboard: {
      items: Object.entries(agents).map(([agent_id, pause_source]) => ({
        agent_id,
        pause_source,
        status: 'paused',
      })),
    },
  } as unknown as Pick<BoardState, 'liveRuns' | 'scoreboard'>;
}

describe('what stands at a cap', () => {
  it('is the newest stop of each run that is paused at one now, and none that goes on or that a person paused', () => {
    const events = [
      stopped({ asked: 5 }),
      stopped({ asked: 4 }),
      stopped({}, { run_id: 'run_2' }),
      stopped({}, { run_id: 'run_3' }),
    ];
    const stops = capStops(events, standing({ run_1: 'cap', run_2: 'operator' }));
    expect(stops.map(({ runId, asked, against }) => [runId, asked, against])).toEqual([
      ['run_1', 5, 196_000],
    ]);
  });

  it('is an agent with a cap of its own or of the project, whatever became of the run that asked', () => {
    const event = stopped({ scope: 'project', owner: 'project', cap: 'day_usd' });
    expect(capStops([event], standing({}, { spender: 'cap' }))).toHaveLength(1);
    expect(capStops([event], standing({}, { spender: 'operator' }))).toEqual([]);
  });

  it('takes whatever an event holds', () => {
    expect(capStops([anEvent(1, { payload: null })], standing({ run_1: 'cap' }))[0]?.asked).toBe(0);
    expect(capStops([anEvent(1, { run_id: null })], standing({ run_1: 'cap' }))).toEqual([]);
  });
});

describe('what waits for a raise', () => {
  const one = capStops([stopped()], standing({ run_1: 'cap' }));

  it('needs what stands against the cap now and what it asked for, and a round limit above that is offered', () => {
    expect(waitAt(aRow(), one)).toEqual({ calls: 1, asked: 12_909, needs: 208_909, enough: 250_000 });
    expect(waitAt(aRow({ posted: 120_000, reserved: 1_000 }), one)?.needs).toBe(133_909);
  });

  it('is of this run, of this cap and of whoever holds it', () => {
    expect(waitAt(aRow({}, { runId: 'run_2' }), one)).toBeNull();
    expect(waitAt(aRow({ owner: 'run' }), one)).toBeNull();
    expect(waitAt(aRow({ tier: 'day' }, { runId: null }), one)).toBeNull();
    expect(waitAt(aRow({}, { holder: { kind: 'agent', agentId: 'other' } }), one)).toBeNull();
    expect(stopsElsewhere(aRow({ tier: 'day' }, { runId: null }), one)).toEqual(['run_usd']);
    expect(stopsElsewhere(aRow(), one)).toEqual([]);
  });

  it('is the run that needs most, of a cap that begins anew with each', () => {
    const events = [stopped(), stopped({ posted: 300_000 }, { run_id: 'run_2' })];
    const stops = capStops(events, standing({ run_1: 'cap', run_2: 'cap' }));
    const each = aRow({ posted: 0 }, { isCounted: false, runId: null });
    expect(waitAt(each, stops)).toMatchObject({ calls: 2, asked: 12_909, needs: 312_909 });
  });

  it('is everything together, of a cap that is shared; a pause of an agent does not end with that of a group', () => {
    const group = { cap: 'day_usd', owner: 'group', scope: 'group' };
    const events = [
      stopped(group, { run_id: 'run_g1' }),
      stopped(group, { run_id: 'run_g2' }),
      stopped({ scope: 'agent', cap: 'month_usd' }, { agent_id: 'mailer', run_id: 'run_g3' }),
    ];
    const stops = capStops(events, standing({ run_g1: 'cap', run_g2: 'cap' }, { mailer: 'cap' }));
    const row = aRow(
      { tier: 'day', owner: 'group' },
      { runId: null, holder: { kind: 'group', group: 'nightly' } },
    );
    expect(waitAt(row, stops)).toMatchObject({ calls: 2, asked: 25_818, needs: 221_818 });
    expect(stopsElsewhere(row, stops)).toEqual([]);
  });
});

describe('what a raise comes to', () => {
  const row = aRow();
  const wait = { calls: 1, asked: 12_909, needs: 208_909, enough: 250_000 };
  const says = (...rest: Parameters<typeof raiseEffect>): string => {
    const effect = raiseEffect(...rest);
    return effect.is === 'nothing waits' ? effect.is : `${effect.is}: ${effect.says}`;
  };

  it('is said to be too little up to the micro-dollar at which what waits fits', () => {
    expect(says(row, wait, [], 208_908)).toBe(
      'not enough: Still too little for the call that waits (asks for up to $0.012909): it pauses again at once. $0.25 is enough.',
    );
    expect(says(row, wait, [], 208_909)).toMatch(/^enough: What waits fits under it then/);
    expect(says(row, { ...wait, calls: 2 }, [], 1)).toContain('the 2 calls that wait (together they ask for');
    expect(says(row, { ...wait, asked: 0 }, [], 1)).toContain('$0.208909 stands against it already');
  });

  it('is said of what stands at another cap, and nothing where nothing stands', () => {
    expect(says(row, null, ['day_usd'], 1)).toContain('another cap (day_usd)');
    expect(says(row, null, [], 1)).toBe('nothing waits');
  });

  it('is for later runs too where it is, and holds as long as it does', () => {
    expect(raiseReach(row)).toBe(
      'The raise is for every run of spender: this one, others that live, and later ones.',
    );
    expect(raiseReach(aRow({}, { runId: null }))).toContain('those that live, and later ones');
    const said = aRow({ owner: 'run' });
    expect(raiseReach(said)).toContain('was said when this run was started');
    expect(raiseReach(aRow({ tier: 'day' }))).toBeNull();
    expect([row, said].map(raiseLasts)).toEqual([
      'It is recorded, and holds until the rules say another cap.',
      'It is recorded, and holds until the run ends.',
    ]);
  });
});
