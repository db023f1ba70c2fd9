import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { microUsd } from '../../../src/core/ledger/money.ts';
import { addGrant } from '../../../src/governor/grant/add-grant.ts';
import { claimExecution } from '../../../src/governor/proposal/claim-execution.ts';
import { finishExecution, reportOutcome, resolveUnknown } from '../../../src/governor/proposal/outcome.ts';
import { endRun } from '../../../src/governor/run/end-run.ts';
import { readAgent } from '../../../src/store/read/agents.ts';
import { readGrant } from '../../../src/store/read/grants.ts';
import { readBalance } from '../../../src/store/read/ledger.ts';
import { type ProposalRow, readProposal } from '../../../src/store/read/proposals.ts';
import { readRun } from '../../../src/store/read/runs.ts';
import { seeded } from '../../counts.ts';
import { decide, OPERATOR, reserveCall, submit, submitted } from '../acts.ts';
import { agentRules, createFixture, type Fixture, rulesWith } from '../fixture.ts';
import { grantOf } from '../inputs.ts';
import { eventsOf, verifiedEvents } from '../record.ts';

let f: Fixture;
afterEach(() => {
  verifiedEvents(f.store);
  f.close();
});

type Caps = NonNullable<Parameters<typeof agentRules>[0]>['budget'];
const capped = (dayUsd: number, over: Partial<NonNullable<Caps>> = {}): ReturnType<typeof rulesWith> =>
  rulesWith({
    agents: new Map([
      [
        'noop',
        agentRules({
          budget: {
            caps: [
              { period: 'call', unit: 'usd', limit: 1 },
              { period: 'day', unit: 'usd', limit: dayUsd },
            ],
            warnAt: [],
            onCap: 'pause',
            ...over,
          },
        }),
      ],
    ]),
  });

const cost = (usd: number, over = {}): object => ({ expectedCostUsd: microUsd(usd), ...over });
const balances = (runId: string): (readonly [number, number])[] =>
  [`run:${runId}`, 'agent:noop', 'project'].map((scope) => {
    const { reserved_usd, posted_usd } = readBalance(f.store, scope);
    return [reserved_usd, posted_usd] as const;
  });
const allAt = (reserved: number, posted: number): (readonly [number, number])[] =>
  Array.from({ length: 3 }, () => [reserved, posted] as const);

function approved(runId: string | null, usd: number, actionType = 'publish_note'): ProposalRow {
  const answer = decide(f, submitted(f, runId, cost(usd, { actionType })));
  if (answer.result !== 'decided') throw new Error(answer.detail);
  return answer.proposal;
}

function finish(id: string, outcome: 'executed' | 'failed' | 'unknown', costUsd: number | null): void {
  f.governor.commitNow((tx) => claimExecution(tx, id));
  const done = f.governor.commitNow((tx) =>
    finishExecution(tx, { proposalId: id, outcome, detail: null, costUsd }),
  );
  expect(done.result).toBe('recorded');
}

const end = (runId: string): boolean =>
  f.governor.commitNow((tx) =>
    endRun(tx, { runId, status: 'succeeded', reason: 'done', exitCode: 0, actor: OPERATOR }),
  );

describe('the cost of an approved action', () => {
  it('is reserved with the approval of a person, in every scope that its run counts in, whatever a call may cost', () => {
    f = createFixture(capped(5_000_000));
    const runId = f.newRun();
    const waiting = submitted(f, runId, cost(3_000_000));
    expect(balances(runId)).toEqual(allAt(0, 0));
    expect(decide(f, waiting)).toMatchObject({ proposal: { reserved_micro_usd: 3_000_000 } });
    expect(balances(runId)).toEqual(allAt(3_000_000, 0));
    expect(eventsOf(f.store, 'proposal_decided')).toMatchObject([
      { payload: { reserved_micro_usd: 3_000_000 } },
    ]);
  });

  it('is not reserved by a rejection', () => {
    f = createFixture(capped(1));
    const runId = f.newRun();
    expect(decide(f, submitted(f, runId, cost(3)), { decision: 'reject' }).result).toBe('decided');
    expect(balances(runId)).toEqual(allAt(0, 0));
  });

  it('is refused when a cap has no room for it: the proposal waits on, and nothing is booked or edited', () => {
    f = createFixture(capped(5_000_000));
    const runId = f.newRun();
    approved(runId, 3_000_000);
    const waiting = submitted(f, runId, cost(2_000_001));
    const refused = decide(f, waiting, { editedPayload: { value: { to: 'somebody else' } } });
    expect(refused).toMatchObject({
      result: 'refused',
      code: 'over_cap',
      detail:
        'over day_usd: asks for up to $2.000001, $2.000000 of $5.00 left ($3.00 is reserved for what is under way)',
      hint: expect.stringContaining('governed-agents budget raise noop --tier day --usd') as string,
    });
    expect(readProposal(f.store, waiting.id)).toMatchObject({
      status: 'pending',
      payload_hash: waiting.payload_hash,
      reserved_micro_usd: null,
    });
    expect(balances(runId)).toEqual(allAt(3_000_000, 0));
    expect(readAgent(f.store, 'noop')?.status).toBe('ok');
  });

  it('holds up model calls as another call would', () => {
    f = createFixture(
      rulesWith({
        agents: new Map([
          [
            'noop',
            agentRules({
              budget: {
                caps: [{ period: 'day', unit: 'usd', limit: 5_000 }],
                warnAt: [],
                onCap: 'pause',
              },
            }),
          ],
        ]),
      }),
    );
    const runId = f.newRun();
    const { id } = approved(runId, 4_000);
    expect(reserveCall(f, runId, 'k')).toMatchObject({ code: 'open_reservations' });
    finish(id, 'failed', null);
    expect(reserveCall(f, runId, 'k')).toMatchObject({ result: 'reserved' });
  });

  it('needs a budget', () => {
    f = createFixture(capped(0, { caps: [] }));
    const runId = f.newRun();
    expect(decide(f, submitted(f, runId, cost(1)))).toMatchObject({ code: 'no_budget' });
    expect(decide(f, submitted(f, runId, cost(0))).result).toBe('decided');
  });

  it('counts for the operator against the caps of the project', () => {
    f = createFixture(
      rulesWith({
        projectBudget: { caps: [{ period: 'day', unit: 'usd', limit: 10 }], warnAt: [], onCap: 'pause' },
      }),
    );
    const { id } = approved(null, 6);
    expect(decide(f, submitted(f, null, cost(5)))).toMatchObject({ code: 'over_cap' });
    finish(id, 'executed', 4);
    expect(readBalance(f.store, 'project')).toMatchObject({ reserved_usd: 0, posted_usd: 4 });
    expect(decide(f, submitted(f, null, cost(5))).result).toBe('decided');
  });
});

it('counts against the caps of its group too, before and after its run has ended', () => {
  const caps = [{ period: 'run', unit: 'usd', limit: 100 }] as const;
  f = createFixture(rulesWith({ groups: new Map([['nightly', { caps, warnAt: [], onCap: 'pause' }]]) }));
  const [one, two] = [f.newRun('noop', undefined, 'nightly'), f.newRun('noop', undefined, 'nightly')];
  const { id } = approved(one, 60);
  expect(decide(f, submitted(f, two, cost(50)))).toMatchObject({
    code: 'over_cap',
    hint: expect.stringContaining('--of group:nightly --tier run') as string,
  });
  end(one);
  expect(readBalance(f.store, `batch:${one}`)).toMatchObject({ reserved_usd: 60, posted_usd: 0 });
  finish(id, 'executed', 150);
  expect(readBalance(f.store, `batch:${one}`)).toMatchObject({ reserved_usd: 0, posted_usd: 150 });
  expect(readBalance(f.store, 'group:nightly')).toMatchObject({ reserved_usd: 0, posted_usd: 150 });
  expect(eventsOf(f.store, 'budget_paused')).toEqual([]);
});

describe('an action that the rules or a grant would approve', () => {
  it('is reserved with that approval', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const made = submitted(f, runId, cost(60, { actionType: 'research_only' }));
    expect(made).toMatchObject({ status: 'auto-approved', reserved_micro_usd: 60 });
    expect(balances(runId)).toEqual(allAt(60, 0));
  });

  it('waits for a person when no cap has room for it, and says why', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const made = submitted(f, runId, cost(101, { actionType: 'research_only' }));
    expect(made).toMatchObject({ status: 'pending', rule: 'no_room', reserved_micro_usd: null });
    expect(made.reasons).toContain('over day_usd');
    expect(made.reasons).toContain('budget raise');
    expect(balances(runId)).toEqual(allAt(0, 0));
  });

  it('uses no grant when no cap has room for it', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const grant = f.governor.commitNow((tx) =>
      addGrant(tx, grantOf({ uses: 10, usd: microUsd(1_000), untilMs: f.nowMs + 60_000 })),
    );
    if (grant.result !== 'granted') throw new Error(grant.detail);
    const usedOf = (): unknown => readGrant(f.store, grant.grant.id);
    expect(submitted(f, runId, cost(101))).toMatchObject({ status: 'pending' });
    expect(usedOf()).toMatchObject({ used: 0, used_usd: 0 });
    expect(submitted(f, runId, cost(70))).toMatchObject({ status: 'approved', reserved_micro_usd: 70 });
    expect(submitted(f, runId, cost(70))).toMatchObject({ status: 'pending', reserved_micro_usd: null });
    expect(usedOf()).toMatchObject({ used: 1, used_usd: 70 });
  });
});

describe('what was reserved for an action', () => {
  const cases = [
    ['executed', 40, 40, 'what its executor says that it cost'],
    ['executed', 0, 0, 'nothing, when its executor says so'],
    ['executed', null, 60, 'the whole, when its executor says no cost'],
    ['failed', null, 0, 'nothing, when it failed'],
    ['failed', 10, 10, 'what the failure cost'],
  ] as const;
  it.each(cases)('is settled for %s with a cost of %s at %s: %s', (outcome, said, booked) => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const { id } = approved(runId, 60);
    end(runId);
    expect(balances(runId)).toEqual(allAt(60, 0));
    finish(id, outcome, said);
    expect(balances(runId)).toEqual(allAt(0, booked));
    expect(readProposal(f.store, id)).toMatchObject({
      reserved_micro_usd: null,
      outcome_cost_micro_usd: booked,
    });
    expect(eventsOf(f.store, `action_${outcome}`)).toMatchObject([
      { payload: { cost_micro_usd: booked, cost_reported: said !== null, reserved_micro_usd: 60 } },
    ]);
  });

  it.each([
    ['executed', undefined, 60],
    ['executed', 25, 25],
    ['failed', undefined, 0],
  ] as const)(
    'stays while the outcome is unknown, until a person says %s (cost %s)',
    (action, said, booked) => {
      f = createFixture(capped(100));
      const runId = f.newRun();
      const { id } = approved(runId, 60);
      finish(id, 'unknown', null);
      expect(balances(runId)).toEqual(allAt(60, 0));
      expect(decide(f, submitted(f, runId, cost(50)))).toMatchObject({ code: 'over_cap' });
      const settle = { proposalId: id, action, note: 'looked', actor: OPERATOR };
      f.governor.commitNow((tx) =>
        resolveUnknown(tx, { ...settle, ...(said === undefined ? {} : { costUsd: said }) }),
      );
      expect(balances(runId)).toEqual(allAt(0, booked));
    },
  );

  it('stays through a retry, and is settled once by what comes of it', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const { id } = approved(runId, 60);
    finish(id, 'unknown', null);
    const retry = { proposalId: id, action: 'retry', note: 'again', actor: OPERATOR } as const;
    expect(f.governor.commitNow((tx) => resolveUnknown(tx, { ...retry, costUsd: 5 }))).toMatchObject({
      code: 'cost_of_retry',
    });
    f.governor.commitNow((tx) => resolveUnknown(tx, retry));
    expect(balances(runId)).toEqual(allAt(60, 0));
    finish(id, 'executed', 45);
    expect(balances(runId)).toEqual(allAt(0, 45));
  });

  it('is let go when what is stored is not what was approved', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const { id } = approved(runId, 60);
    f.store.exec(`UPDATE proposals SET payload = '{"to":"evil"}'`);
    expect(f.governor.commitNow((tx) => claimExecution(tx, id))).toMatchObject({ code: 'payload_altered' });
    expect(balances(runId)).toEqual(allAt(0, 0));
  });

  it.each([
    ['executed', null],
    ['failed', null],
    ['executed', 10],
    ['failed', 0],
  ] as const)(
    'is booked whole when the agent itself reports %s (cost %s): its word never makes it less',
    (outcome, said) => {
      f = createFixture(capped(100));
      const runId = f.newRun();
      const { id } = approved(runId, 60, 'send_email');
      const input = { proposalId: id, runId, outcome, detail: null, costUsd: said };
      expect(f.governor.commitNow((tx) => reportOutcome(tx, input)).result).toBe('recorded');
      expect(balances(runId)).toEqual(allAt(0, 60));
    },
  );

  it('is booked whole when the run that was to act itself ends without a word', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const { id } = approved(runId, 60, 'send_email');
    end(runId);
    expect(balances(runId)).toEqual(allAt(0, 60));
    expect(eventsOf(f.store, 'budget_charge')).toMatchObject([
      { proposal_id: id, payload: { posted_micro_usd: 60 } },
    ]);
  });
});

describe('an action that costs more than was reserved', () => {
  it('is booked whole, and the cap that it passed pauses its agent', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const { id } = approved(runId, 60);
    finish(id, 'executed', 150);
    expect(balances(runId)).toEqual(allAt(0, 150));
    expect(readAgent(f.store, 'noop')).toMatchObject({ status: 'paused', pause_source: 'cap' });
    expect(readRun(f.store, runId)?.status).toBe('paused');
    expect(eventsOf(f.store, 'budget_paused')).toMatchObject([{ payload: { cap: 'day_usd', posted: 150 } }]);
  });

  it('pauses nothing while every cap still holds', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const { id } = approved(runId, 60);
    finish(id, 'executed', 90);
    expect(readAgent(f.store, 'noop')?.status).toBe('ok');
  });

  it('pauses the agent of a run that has ended, and books in it all the same', () => {
    f = createFixture(capped(100));
    const runId = f.newRun();
    const { id } = approved(runId, 1);
    end(runId);
    finish(id, 'executed', 150);
    expect(readAgent(f.store, 'noop')?.status).toBe('paused');
    expect(balances(runId)).toEqual(allAt(0, 150));
  });
});

it('lets one of eight through, over two connections, when a cap has room for one', async () => {
  f = createFixture(capped(100));
  const { governor } = f.another();
  const runId = f.newRun();
  const waiting = Array.from({ length: 8 }, (_, n) => submitted(f, runId, cost(60, { payload: { n } })));
  const { decideProposal } = await import('../../../src/governor/proposal/decide.ts');
  const { decision } = await import('../acts.ts');
  const answers = await Promise.all(
    waiting.map((row, index) =>
      (index % 2 === 0 ? f.governor : governor).commit((tx) => decideProposal(tx, decision(row))),
    ),
  );
  expect(answers.filter(({ result }) => result === 'decided')).toHaveLength(1);
  expect(answers.filter((answer) => answer.result === 'refused' && answer.code === 'over_cap')).toHaveLength(
    7,
  );
  expect(balances(runId)).toEqual(allAt(60, 0));
  const left = waiting.map(({ id }) => readProposal(f.store, id)?.status);
  expect(left.filter((status) => status === 'pending')).toHaveLength(7);
});

it('keeps reserved and posted at the sum of its actions, and under the cap, whatever happens in whatever order', () => {
  const act = fc.record({
    what: fc.constantFrom('submit', 'approve', 'reject', 'executed', 'failed', 'unknown', 'settle', 'retry'),
    usd: fc.integer({ min: 0, max: 40 }),
    nth: fc.nat(20),
    own: fc.boolean(),
    said: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      f = createFixture(capped(100));
      try {
        const runId = f.newRun();
        const ids: string[] = [];
        for (const { what, usd, nth, own, said } of acts) {
          if (what === 'submit') {
            const actionType = own ? 'research_only' : 'publish_note';
            const made = submit(f, runId, cost(usd, { actionType, payload: { n: ids.length } }));
            if (made.result === 'submitted') ids.push(made.proposal.id);
            continue;
          }
          const row = readProposal(f.store, ids[nth % Math.max(1, ids.length)] ?? '');
          if (row === null) continue;
          const atMost = row.reserved_micro_usd ?? 0;
          const costUsd = said === null ? null : Math.floor(said * atMost);
          const { id } = row;
          f.governor.commitNow((tx) => {
            if (what === 'settle' || what === 'retry') {
              const action = what === 'retry' ? 'retry' : own ? 'executed' : 'failed';
              return resolveUnknown(tx, { proposalId: id, action, note: 'x', actor: OPERATOR });
            }
            if (what === 'approve' || what === 'reject') return null;
            if (row.executor === null && what !== 'unknown')
              return reportOutcome(tx, { proposalId: id, runId, outcome: what, detail: null, costUsd });
            claimExecution(tx, id);
            return finishExecution(tx, { proposalId: id, outcome: what, detail: null, costUsd });
          });
          if (what === 'approve' || what === 'reject') decide(f, row, { decision: what });
          const sum = (pick: (row: ProposalRow) => number | null): number =>
            ids.reduce((total, each) => {
              const found = readProposal(f.store, each);
              return total + (found === null ? 0 : (pick(found) ?? 0));
            }, 0);
          const reserved = sum((each) => each.reserved_micro_usd);
          const posted = sum((each) => each.outcome_cost_micro_usd);
          expect(balances(runId)).toEqual(allAt(reserved, posted));
          expect(reserved + posted).toBeLessThanOrEqual(100);
        }
      } finally {
        f.close();
      }
    }),
    seeded(7, 60, 2_000),
  );
  f = createFixture();
});
