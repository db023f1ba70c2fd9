// Scene: the agent alone. It does what it wants, at once.
import { join } from 'node:path';
import type { Stage } from '../stage.ts';

export interface UngovernedFacts {
  readonly mails_sent: number;
  readonly asked_anybody: false;
  readonly elapsed_ms: number;
}

export async function ungoverned(stage: Stage): Promise<UngovernedFacts> {
  const { narrator, world, project } = stage;
  narrator.scene('Without governance: an agent with a mail program and an idea');
  narrator.command('node agents/intern/agent.mjs');
  const startedMs = performance.now();
  const env = { MAIL_URL: world.url };
  const agent = await stage.program([process.execPath, 'agent.mjs'], {
    cwd: join(project.dir, 'agents/intern'),
    env,
  });
  await agent.ended;
  const elapsedMs = Math.round(performance.now() - startedMs);
  for (const line of agent.lines) narrator.said(line);
  narrator.bad(
    `${world.mails.length} mail went out after ${elapsedMs} ms. Nobody was asked, nothing was recorded.`,
  );
  return { mails_sent: world.mails.length, asked_anybody: false, elapsed_ms: elapsedMs };
}
