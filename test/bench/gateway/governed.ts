// A real run with its gateway, in front of the benchmark's provider: each call waits for a durable reservation of a real server.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, Scenario } from '../../scenario/harness.ts';
import { compileSlowSync } from '../slow-sync.ts';
import type { RunningRole } from './role.ts';

/** Unconfined, so that the client of the benchmark can speak to its gateway; it says where that is. */
const AGENT = `import { renameSync, writeFileSync } from 'node:fs';
writeFileSync('ready.new', process.env.ANTHROPIC_BASE_URL);
renameSync('ready.new', 'ready.txt');
setInterval(() => {}, 1000);
`;
const AGENT_TOML = `adapter = "command"
command = ["node", "agent.mjs"]
[confine]
mode = "off"
`;

/** `slow`: every sync of the server takes five milliseconds longer. */
export async function startGoverned(
  upstream: string,
  syncs: 'plain' | 'slow',
): Promise<RunningRole & { closed(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'governed-bench-'));
  const scenario = await Scenario.create((made) => {
    made.write('agents/caller/agent.mjs', AGENT);
    made.write('agents/caller/agent.toml', AGENT_TOML);
    const settings = made
      .read('governed.toml')
      .replace('https://api.anthropic.com', upstream)
      .replace(/^((?:run|day|month)_usd = )\d+/gm, (_, name: string) => `${name}1000000000`);
    const prices = ['bench-paced', 'bench-burst', 'bench-open']
      .map((model) => `[prices."${model}"]\ninput_usd_per_mtok = 1\noutput_usd_per_mtok = 10\n`)
      .join('');
    made.write('governed.toml', `${settings}\n${prices}`);
  });
  const env = syncs === 'plain' ? {} : { LD_PRELOAD: compileSlowSync(dir) };
  const server = scenario.start(['serve', '--no-open'], { env });
  await server.says(/#code=/);
  const run = scenario.start(['run', 'caller', '-p', 'wait'], {
    env: { ANTHROPIC_API_KEY: 'of-the-benchmark-alone' },
  });
  const file = join(scenario.dir, 'agents/caller/workspace/ready.txt');
  await eventually(() => (existsSync(file) ? true : null), 'the caller');
  return {
    url: readFileSync(file, 'utf8'),
    pid: run.child.pid ?? 0,
    close: () => undefined,
    async closed() {
      await scenario.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
