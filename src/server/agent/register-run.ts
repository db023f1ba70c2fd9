// Registers a run for its runner: refused or recorded before anything is spawned, and answered with the run's secret (kept nowhere in
// the clear) and everything of the accepted rules that the runner needs.
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createRunFolder, readStopMark } from '../../config/entry.ts';
import { sha256Hex } from '../../core/canonical.ts';
import { fromUsd } from '../../core/ledger/money.ts';
import type { TaskRules } from '../../core/rules/rules.ts';
import { type Refused, refused } from '../../governor/refusal.ts';
import { endRun } from '../../governor/run/end-run.ts';
import { type RegisteredRun, registerRun } from '../../governor/run/register-run.ts';
import { type Answer, json } from '../answer.ts';
import type { ServerContext } from '../context.ts';
import { problemOfRefusal } from '../problem.ts';
import { type Route, route } from '../route.ts';
import type { AcceptedRules } from '../rules/in-force.ts';
import { isWatchdogAlive } from '../supervise/resume.ts';
import type { WireRegisteredRun } from '../wire/run.ts';
import { agentId, dollars, processId, text, words } from '../wire-fields.ts';
import { chooseTask } from './choose-task.ts';
import { launchOf } from './launch-of-run.ts';

const WATCHDOG_LOOK_MS = 50;
const WATCHDOG_START_MS = 3_000;

const confinement = z.strictObject({
  key: words(64).or(z.literal('')),
  attempts: z.number().int().min(0).max(10_000),
  escapes: z.array(words(200)).max(1_000),
  why: text(4_000).nullable(),
  hint: text(4_000).nullable(),
});

const registration = z.strictObject({
  agent_id: agentId,
  task: words(100).optional(),
  prompt: z
    .string()
    .max(512 * 1024)
    .optional(),
  budget_usd: dollars.optional(),
  group: words(64).optional(),
  command: z
    .array(z.string().max(128 * 1024))
    .min(1)
    .max(1_000)
    .optional(),
  tier: z.enum(['confined', 'advisory']),
  confinement: confinement.optional(),
  runner: processId(1),
  no_watchdog: z.boolean().default(false),
});

type Registration = z.output<typeof registration>;

export function registerRunRoutes(context: ServerContext): Route[] {
  return [
    route({
      method: 'POST',
      path: '/runs',
      who: ['runner'],
      needsMirror: true,
      body: registration,
      query: null,
      handle: ({ body }) => register(context, body),
    }),
  ];
}

async function register(context: ServerContext, body: Registration): Promise<Answer> {
  const accepted = context.rules.current();
  if (accepted === null) {
    return problemOfRefusal(
      refused(
        'rules_not_accepted',
        'the rules of this project are not accepted',
        'look at them with `governed-agents accept`',
      ),
    );
  }
  if (readStopMark(context.layout.dir) !== 'none') {
    const detail = 'everything was stopped, and that is not in the record yet';
    return problemOfRefusal(refused('kill_switch', detail, 'see `governed-agents status`'));
  }
  const task = chooseTask(accepted.rules, body);
  if (task !== null && 'result' in task) return problemOfRefusal(task);
  const snapshotDir = await context.rules.snapshot(accepted);
  const secret = `grs_${context.random(32).toString('base64url')}`;
  const budgetUsd = body.budget_usd ?? task?.budgetUsd ?? null;
  const watchdogAlive = await seesWatchdog(context);
  const registered = await context.governor.commit((tx): RegisteredRun | Refused => {
    if (tx.rulesHash !== accepted.bundle.hash) {
      return refused('rules_changed', 'other rules were accepted at this very moment', 'try again');
    }
    return registerRun(tx, {
      agentId: body.agent_id,
      task: task?.name ?? null,
      promptGiven: body.prompt !== undefined,
      command: body.command ?? null,
      model: modelOf(accepted, body.agent_id, task),
      runUsdCap: budgetUsd === null ? null : fromUsd(budgetUsd),
      group: body.group ?? null,
      tier: body.tier,
      confinement: body.confinement ?? null,
      runner: JSON.stringify(body.runner),
      secretHash: sha256Hex(secret),
      watchdogAlive,
      noWatchdog: body.no_watchdog,
      actor: { kind: 'runner', id: null },
    });
  });
  if (registered.result === 'refused') return problemOfRefusal(registered);
  const { runId, agent, tier, tierReason, outputTokens } = registered;
  const answer: WireRegisteredRun = {
    run_id: runId,
    run_secret: secret,
    agent_id: agent.id,
    agent_version: agent.version,
    rules_hash: accepted.bundle.hash,
    tier,
    tier_reason: tierReason,
    run_dir: await runFolder(context, runId, agent.id),
    launch: launchOf(context.projectDir, {
      accepted,
      agent,
      task,
      prompt: body.prompt ?? null,
      snapshotDir,
      outputTokens,
      command: body.command ?? null,
    }),
  };
  return json(answer, 201);
}

function modelOf(accepted: AcceptedRules, id: string, task: TaskRules | null): string | null {
  return task?.model ?? accepted.rules.agents.get(id)?.model ?? null;
}

/** Without its folder a run could not be stopped when the store can't be read, so it does not start. */
async function runFolder(context: ServerContext, runId: string, owner: string): Promise<string> {
  try {
    return createRunFolder(context.layout, runId, owner);
  } catch (error) {
    const end = { runId, status: 'failed', reason: 'its folder could not be made', exitCode: null } as const;
    await context.governor.commit((tx) => endRun(tx, { ...end, actor: { kind: 'server', id: null } }));
    throw error;
  }
}

/** A watchdog that the server has only just started gets a moment for its first heartbeat. */
async function seesWatchdog(context: ServerContext): Promise<boolean> {
  const startedForMs = context.clock() - context.startedAtMs;
  for (let waitedMs = 0; ; waitedMs += WATCHDOG_LOOK_MS) {
    if (isWatchdogAlive(context.layout, context.clock())) return true;
    if (!context.keepsWatchdog || startedForMs + waitedMs >= WATCHDOG_START_MS) return false;
    await sleep(WATCHDOG_LOOK_MS);
  }
}
