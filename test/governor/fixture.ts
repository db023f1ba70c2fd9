// A governor over a real store in a throwaway folder, with rules made by hand, a clock that a test moves, and seeded randomness.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { microUsd } from '../../src/core/ledger/money.ts';
import { NO_RULES } from '../../src/core/policy/rule-set.ts';
import type { AgentRules, Rules } from '../../src/core/rules/rules.ts';
import { DEFAULT_WATCH_RULES } from '../../src/core/watch/watch-rules.ts';
import { acceptRules } from '../../src/governor/accept-rules.ts';
import { createState } from '../../src/governor/create-state.ts';
import { createGovernor, type Governor } from '../../src/governor/governor.ts';
import { registerRun } from '../../src/governor/run/register-run.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { registration } from './inputs.ts';

export const PROJECT_ID = 'prj_00000000000000000000000000';

export function agentRules(over: Partial<AgentRules> = {}): AgentRules {
  return {
    id: 'noop',
    version: 'a'.repeat(64),
    adapter: 'command',
    command: ['node', 'agent.mjs'],
    anyCommand: false,
    model: null,
    auth: 'key',
    models: [],
    maxOutputTokens: null,
    risk: 'medium',
    cwd: 'workspace',
    concurrent: 100,
    tools: { allow: ['Read'], requireApproval: ['WebFetch'], deny: [] },
    budget: { caps: [{ period: 'total', unit: 'usd', limit: 1e12 }], warnAt: [], onCap: 'pause' },
    limits: { timeoutMs: null, iterations: null, errors: null, silenceMs: null },
    confine: { mode: 'auto', write: [] },
    env: { pass: [], set: {} },
    may: {},
    labels: {},
    purpose: null,
    systemPrompt: null,
    tasks: new Map(),
    ...over,
  };
}

export function rulesWith(over: Partial<Rules> = {}): Rules {
  return {
    hash: 'r'.repeat(64),
    projectId: PROJECT_ID,
    timezone: 'UTC',
    port: 8005,
    policy: {
      defaultEffect: 'require_approval',
      timeoutMs: 60_000,
      autoApprove: new Set(['research_only']),
      neverAutoApprove: new Set(['send_email', 'charge_card']),
      rules: NO_RULES,
      tests: [],
    },
    projectBudget: { caps: [], warnAt: [0.8], onCap: 'pause' },
    groups: new Map(),
    prices: {
      unknownModel: 'refuse',
      models: new Map([
        [
          'm',
          {
            inputNano: 1_000,
            outputNano: 10_000,
            cacheReadNano: 100,
            cacheWrite5mNano: 1_250,
            cacheWrite1hNano: 2_000,
          },
        ],
      ]),
    },
    concurrentRuns: 1_000,
    watch: DEFAULT_WATCH_RULES,
    includeContent: true,
    agents: new Map([['noop', agentRules()]]),
    executors: new Map([
      [
        'publish_note',
        {
          actionType: 'publish_note',
          start: { kind: 'run', command: ['true'] },
          timeoutMs: 1_000,
          env: { pass: [], set: {} },
        },
      ],
    ]),
    providers: new Map(),
    freeFields: [],
    notify: null,
    ...over,
  };
}

export interface Fixture {
  readonly dir: string;
  readonly store: Store;
  readonly governor: Governor;
  rules: Rules;
  nowMs: number;
  newRun(agentId?: string, runUsdCap?: number, group?: string): string;
  /** Another governor over a connection of its own, as another process would have; closed with the fixture. */
  another(busyMs?: number): { readonly store: Store; readonly governor: Governor };
  close(): void;
}

export function createFixture(rules: Rules = rulesWith(), random = seededRandom()): Fixture {
  const dir = mkdtempSync(join(tmpdir(), 'governed-test-'));
  const store = openStore(join(dir, 'governed.db'), { mode: 'create', busyMs: 1_000 });
  const opened = [store];
  const fixture: Fixture = {
    dir,
    store,
    rules,
    nowMs: Date.parse('2026-11-20T12:00:00Z'),
    governor: createGovernor({ store, random, clock: () => fixture.nowMs, rulesOf: () => fixture.rules }),
    newRun(agentId = 'noop', runUsdCap, group) {
      const registered = fixture.governor.commitNow((tx) =>
        registerRun(
          tx,
          registration({
            agentId,
            runUsdCap: runUsdCap === undefined ? null : microUsd(runUsdCap),
            group: group ?? null,
            secretHash: random(32).toString('hex'),
          }),
        ),
      );
      if (registered.result !== 'registered') throw new Error(registered.detail);
      return registered.runId;
    },
    another(busyMs = 1_000) {
      const own = openStore(store.path, { mode: 'write', busyMs });
      opened.push(own);
      const around = { store: own, random, clock: () => fixture.nowMs, rulesOf: () => fixture.rules };
      return { store: own, governor: createGovernor(around) };
    },
    close() {
      for (const each of opened) each.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  fixture.governor.commitNow((tx) => {
    createState(tx, PROJECT_ID);
    acceptRules(tx, { hash: rules.hash, files: [], actor: { kind: 'operator', id: null } });
  });
  return fixture;
}

/** At most 64 bytes at a time. */
function seededRandom(): (bytes: number) => Buffer {
  let counter = 0;
  return (bytes) => {
    counter += 1;
    return createHash('sha512').update(String(counter)).digest().subarray(0, bytes);
  };
}
