// Says how a stop went, and exactly what could not be done.
import { formatDuration } from '../../core/time.ts';
import { EXIT } from '../exit-code.ts';
import { type Output, warn } from '../output.ts';
import type { Recorded, StopOrder } from './record.ts';
import type { Stopped } from './stop-now.ts';
import { nameOfTarget } from './target.ts';

const DONE: Record<StopOrder['action'], string> = {
  pause: 'paused',
  kill: 'killed',
  'kill-switch': 'the kill switch is on',
};

/** Sets the exit code. */
export function tellStopped(output: Output, stopped: Stopped): void {
  const { order, trees, recorded, verified, elapsedMs } = stopped;
  output.data({
    action: order.action,
    target: nameOfTarget(order.target),
    reason: order.reason,
    verified,
    trees,
    recorded: recorded.by,
    not_recorded_because: 'why' in recorded ? recorded.why : null,
    elapsed_ms: Math.round(elapsedMs),
  });
  const { paint } = output;
  const what =
    order.action === 'kill-switch'
      ? DONE[order.action]
      : `${DONE[order.action]}: ${nameOfTarget(order.target)}`;
  output.line(`${verified ? paint.green('✓') : paint.red('✗')} ${what} · ${treesText(stopped)}`);
  for (const tree of trees.filter(({ state }) => state === 'running' || state === 'refused')) {
    const why =
      tree.state === 'refused'
        ? 'this command runs inside that very tree: use another terminal'
        : `${tree.processes} of its processes still run; try \`governed-agents kill ${tree.run_id}\``;
    warn(output, `${tree.run_id} is not stopped: ${why}`);
  }
  tellLasts(output, stopped);
  tellRecord(output, recorded, order);
  if (elapsedMs > 0 && trees.length > 0)
    output.line(paint.dim(`  seen stopped after ${formatDuration(elapsedMs)}`));
  if (!verified) process.exitCode = EXIT.failed;
}

function treesText({ trees, verified, order }: Stopped): string {
  if (trees.length === 0) return nothingRan(order);
  const processes = trees.reduce((sum, tree) => sum + tree.processes, 0);
  const how = order.action === 'pause' ? 'frozen' : 'ended';
  const count = `${trees.length} ${trees.length === 1 ? 'process tree' : 'process trees'}`;
  if (!verified) return `${count}, not all of them ${how}`;
  return order.action === 'pause'
    ? `${count} (${processes} ${processes === 1 ? 'process' : 'processes'}) ${how}`
    : `${count} ${how}`;
}

/** What ran was seen to end; that nothing new starts either would be found out tomorrow. */
function tellLasts(output: Output, { order, trees, agents, recorded }: Stopped): void {
  if (order.action !== 'kill' || trees.length === 0 || 'why' in recorded) return;
  for (const id of agents) output.line(`  ${id} starts no run until \`governed-agents resume ${id}\``);
}

/** What the stop changes all the same. */
function nothingRan({ action, target }: StopOrder): string {
  if (action === 'kill-switch')
    return 'nothing was running; nothing starts until `governed-agents kill-switch off`';
  if (target.kind === 'all') return 'nothing was running';
  if (target.kind === 'run') return 'nothing of it was running';
  return `nothing of it was running; it starts no run until \`governed-agents resume ${target.agentId}\``;
}

function tellRecord(output: Output, recorded: Recorded, order: StopOrder): void {
  if (recorded.by === 'store') output.note('  the server did not answer: done and recorded from here');
  if (recorded.by === 'mark') {
    warn(output, `stopped, but not recorded yet: ${recorded.why}`);
    output.note(
      `  marked instead (${recorded.marks.length === 1 ? recorded.marks[0] : `${recorded.marks.length} run folders`});`,
    );
    output.note('  server and watchdog keep it stopped and record it when the store works again');
  }
  if (recorded.by === 'nobody') {
    warn(output, `neither recorded nor marked: ${recorded.why}`);
    output.note(
      order.action === 'kill-switch'
        ? '  new runs are not refused yet: free the disk or mend the store, then say it again'
        : '  mend that, then say it again so that it is kept',
    );
  }
}
