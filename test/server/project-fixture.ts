// A real project and a real server on a free port, in throwaway folders; tests speak to it as every identity there is.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify, startBeat } from '../../src/process/entry.ts';
import { type RunningServer, type ServeOptions, serve } from '../../src/server/serve.ts';
import type { WireRegisteredRun } from '../../src/server/wire/run.ts';
import { type Answer, type Ask, ask } from './ask.ts';

export const PROJECT_ID = 'prj_00000000000000000000000000';

const GOVERNED_TOML = `[project]
id = "${PROJECT_ID}"
timezone = "UTC"
[runs]
concurrent = 100
[prices."m"]
input_usd_per_mtok = 1
output_usd_per_mtok = 10
[executors.publish_note]
run = ["node", "actions/publish.mjs"]
timeout = "10s"
`;
const POLICY_TOML = `[auto_approve]
action_types = ["research_only"]
[never_auto_approve]
action_types = ["publish_note", "send_email"]
`;
const AGENT_TOML = `adapter = "command"
command = ["node", "agent.mjs"]
concurrent = 100
[tools]
allow = ["Read"]
require_approval = ["WebFetch"]
[budget]
day_usd = 1000000
`;
/** Does what its payload says, so that each way an executor can end is one payload. */
const EXECUTOR = `import { appendFileSync } from 'node:fs';
let text = '';
for await (const chunk of process.stdin) text += chunk;
appendFileSync('executed.log', process.env.GOVERNED_PROPOSAL_ID + ' ' + text + '\\n');
const payload = JSON.parse(text);
if (payload.sleep) await new Promise((r) => setTimeout(r, payload.sleep));
if (payload.signal) process.kill(process.pid, payload.signal);
process.stdout.write(payload.print ?? JSON.stringify({ outcome: 'executed', cost_usd: 0.25, detail: { env: Object.keys(process.env).sort() } }));
process.exitCode = payload.exit ?? 0;
`;

export interface ProjectFixture {
  readonly dir: string;
  readonly stateDir: string;
  readonly server: RunningServer;
  readonly port: number;
  token(kind: 'operator' | 'viewer' | 'brake' | 'runner'): string;
  ask(request: Ask): Promise<Answer>;
  asOperator(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer>;
  newRun(agentId?: string): Promise<WireRegisteredRun>;
  stop(): Promise<void>;
  restart(over?: Partial<ServeOptions>): Promise<void>;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly serve?: Partial<ServeOptions>;
  readonly accept?: boolean;
  /** More governing files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export function writeProject(dir: string, files: Readonly<Record<string, string>> = {}): void {
  const all = {
    'governed.toml': GOVERNED_TOML,
    'policy.toml': POLICY_TOML,
    'agents/noop/agent.toml': AGENT_TOML,
    'agents/noop/agent.mjs': 'console.log("hello");\n',
    'agents/noop/tasks/smoke.md': 'Say hello.\n',
    'actions/publish.mjs': EXECUTOR,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

export async function startProject(options: FixtureOptions = {}): Promise<ProjectFixture> {
  const root = mkdtempSync(join(tmpdir(), 'governed-server-'));
  const dir = join(root, 'project');
  const stateDir = join(root, 'state');
  writeProject(dir, options.files);
  const serveOptions = (over: Partial<ServeOptions> = {}): ServeOptions => ({
    projectDir: dir,
    projectId: PROJECT_ID,
    stateDir,
    port: 0,
    watchdogCommand: null,
    dashboardDir: join(root, 'none'),
    actionsDir: join(root, 'none'),
    version: 'test',
    ...options.serve,
    ...over,
  });
  let server = await serve(serveOptions());
  // This process stands in for a watchdog: what it does is not the server's matter, only that it lives.
  const beat = startBeat(join(stateDir, 'watchdog.beat'), { everyMs: 100, onFault: () => undefined });
  const token = (kind: string): string =>
    readFileSync(join(stateDir, 'keys', `${kind}.token`), 'utf8').trim();
  const fixture: ProjectFixture = {
    dir,
    stateDir,
    get server() {
      return server;
    },
    get port() {
      return server.port;
    },
    token,
    ask: (request) => ask(server.port, request),
    asOperator: (method, path, body) => ask(server.port, { method, path, secret: token('operator'), body }),
    async newRun(agentId = 'noop') {
      const own = identify(process.pid);
      const runner = { pid: process.pid, start_ticks: own?.startTicks, boot_id: own?.bootId };
      const body = { agent_id: agentId, tier: 'advisory', runner };
      const answer = await ask(server.port, { method: 'POST', path: '/runs', secret: token('runner'), body });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return answer.body as unknown as WireRegisteredRun;
    },
    stop: () => server.close(),
    async restart(over) {
      await server.close();
      server = await serve(serveOptions(over));
    },
    async close() {
      beat.stop();
      await server.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  if (options.accept !== false) {
    const changes = await fixture.asOperator('GET', '/admin/changes');
    const accepted = await fixture.asOperator('POST', '/admin/accept', {
      rules_hash: changes.body['edited'],
    });
    if (accepted.status !== 200) throw new Error(JSON.stringify([changes.body, accepted.body]));
  }
  return fixture;
}
