// Whole inputs of what the governor is asked for, with all that a test does not care about filled in.
import type { AddGrantInput } from '../../src/governor/grant/add-grant.ts';
import type { RegisterRunInput } from '../../src/governor/run/register-run.ts';

export function registration(
  own: Partial<RegisterRunInput> & Pick<RegisterRunInput, 'secretHash'>,
): RegisterRunInput {
  return {
    agentId: 'noop',
    task: null,
    promptGiven: false,
    model: null,
    command: null,
    runUsdCap: null,
    group: null,
    tier: 'advisory',
    confinement: null,
    runner: '{}',
    watchdogAlive: true,
    noWatchdog: false,
    actor: { kind: 'runner', id: null },
    ...own,
  };
}

/** For any agent and anything, without a bound on money. */
export function grantOf(own: Partial<AddGrantInput> & Pick<AddGrantInput, 'untilMs'>): AddGrantInput {
  return {
    action: 'send_email',
    resource: null,
    agentId: null,
    runId: null,
    irreversible: false,
    conditions: null,
    uses: 3,
    usd: null,
    note: null,
    actor: { kind: 'operator', id: null },
    ...own,
  };
}
