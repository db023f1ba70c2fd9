// Makes a program of an action: the payload from stdin, what the operator allowed from the environment, one report on stdout.
import { text } from 'node:stream/consumers';
import type { ActionContext, ActionReport } from './action.ts';

export type Action<Settings> = (
  payload: unknown,
  settings: Settings,
  context: ActionContext,
) => Promise<ActionReport>;

export async function runAction<Settings>(action: Action<Settings>): Promise<void> {
  const { env } = process;
  const { GOVERNED_ACTION_SETTINGS: settings = '', GOVERNED_IDEMPOTENCY_KEY: idempotencyKey = '' } = env;
  if (settings === '' || idempotencyKey === '')
    throw new Error('this program is started by the server, for an approved action');
  const report = await action(JSON.parse(await text(process.stdin)), JSON.parse(settings) as Settings, {
    idempotencyKey,
    projectDir: env['GOVERNED_PROJECT_DIR'] ?? process.cwd(),
    timeoutMs: Number(env['GOVERNED_TIMEOUT_MS'] ?? 60_000),
    env,
  });
  process.stdout.write(`${JSON.stringify(report)}\n`);
}
