// The demo from start to end: five scenes on real processes in a throwaway folder, then what to type next.
import { randomBytes } from 'node:crypto';
import { packageRoot } from '../../config/entry.ts';
import type { Output } from '../output.ts';
import { ownFile } from '../own-binary.ts';
import { makeDemoProject } from './demo-project.ts';
import { narratorFor } from './narrator.ts';
import { nextSteps } from './next-steps.ts';
import { openOutsideWorld } from './outside-world.ts';
import { overspend } from './scenes/overspend.ts';
import { runaway } from './scenes/runaway.ts';
import { selfApproval } from './scenes/self-approval.ts';
import { tampering } from './scenes/tampering.ts';
import { ungoverned } from './scenes/ungoverned.ts';
import { setStage } from './stage.ts';

export async function playDemo(output: Output): Promise<void> {
  const startedMs = performance.now();
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort(new Error('interrupted'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const world = await openOutsideWorld();
  const project = await makeDemoProject(world.url, randomBytes(10));
  const narrator = narratorFor(output, interrupted.signal);
  const stage = setStage(project, world, narrator);
  const onward = async (): Promise<void> => {
    interrupted.signal.throwIfAborted();
    await narrator.anyKey('any key goes on');
  };
  try {
    output.line(output.paint.bold('governed-agents: what stands between an agent and the world'));
    output.line(output.paint.dim(`real processes, no model, in ${project.root}, removed at the end`));
    const facts = {
      ungoverned: await ungoverned(stage),
      ...(await underGovernance()),
    };
    const elapsedMs = Math.round(performance.now() - startedMs);
    output.line();
    output.line(
      `${output.paint.bold('Next')}, in a folder of your own (this took ${(elapsedMs / 1000).toFixed(1)} s):`,
    );
    const own = { folder: packageRoot(), file: ownFile() };
    for (const step of nextSteps(process.env['PATH'], own)) output.line(`   ${step}`);
    output.data({ elapsed_ms: elapsedMs, scenes: facts });
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    output.note('interrupted; everything that was started is ended');
    process.exitCode = 130;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await stage.clear();
    await world.close();
    project.remove();
  }

  async function underGovernance(): Promise<object> {
    await onward();
    const accept = await stage.governed(['accept', '--yes'], { quiet: true });
    await accept.ended;
    const server = await stage.governed(['serve', '--no-open'], { quiet: true });
    await server.line(/#code=/);
    const scenes = { self_approval: await selfApproval(stage), runaway: {}, overspend: {} };
    await onward();
    scenes.runaway = await runaway(stage);
    await onward();
    scenes.overspend = await overspend(stage);
    await onward();
    process.kill(server.tree.handle.root.pid, 'SIGTERM');
    await server.ended;
    return { ...scenes, tampering: await tampering(stage) };
  }
}
