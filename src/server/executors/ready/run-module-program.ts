// The program that calls an operator's JavaScript module: its default export gets the payload and what an executor is told, and what it
// returns is the report. What it prints goes to stderr, so that a stray line is no report.

import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { env } = process;
const [, , path = ''] = process.argv;
const report = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const loaded = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
if (typeof loaded.default !== 'function')
  throw new TypeError(`${path} has no function as its default export`);
const result: unknown = await loaded.default(JSON.parse(await text(process.stdin)), {
  proposalId: env['GOVERNED_PROPOSAL_ID'] ?? null,
  actionType: env['GOVERNED_ACTION_TYPE'] ?? null,
  idempotencyKey: env['GOVERNED_IDEMPOTENCY_KEY'] ?? null,
  projectDir: env['GOVERNED_PROJECT_DIR'] ?? null,
  timeoutMs: Number(env['GOVERNED_TIMEOUT_MS'] ?? 0),
});
// A notifier has nothing to report. What was returned is final: timers and sockets that the module left open hold nothing up.
if (result !== undefined)
  await new Promise<void>((written) => report(`${JSON.stringify(result)}\n`, () => written()));
process.exit();
