// Runs the server in this process and says where it is; the first Ctrl-C ends it in order, a second one at once.
import manifest from '../../../package.json' with { type: 'json' };
import { visibleIndented } from '../../core/visible-text.ts';
import { type RunningServer, serve } from '../../server/entry.ts';
import { lookAfter } from '../look-after.ts';
import { type Output, outputFor, warn } from '../output.ts';
import { actionsDir, dashboardDir, ownCommand } from '../own-binary.ts';
import { portOption } from '../port-option.ts';
import { locateProject, type Project } from '../project.ts';
import { reaching } from '../reach.ts';
import { isInteractive } from '../terminal.ts';
import { openInBrowser, sshHint } from './browser.ts';
import { tellWhatStays } from './what-stays.ts';

export interface ServeCommandOptions {
  readonly project?: string;
  readonly json?: boolean;
  readonly port?: string;
  readonly watchdog: boolean;
  readonly open: boolean;
  readonly background?: boolean;
}

/** Something that does not close must not keep the process. */
const CLOSE_LIMIT_MS = 5_000;

export async function serveCommand(options: ServeCommandOptions): Promise<void> {
  const output = outputFor(options);
  const project = locateProject(options);
  const isBackground = options.background === true;
  const running = await serve({
    projectDir: project.dir,
    projectId: project.id,
    stateDir: project.state.dir,
    port: portOption(options.port),
    watchdogCommand: options.watchdog ? ownCommand(['watchdog', '--beside-server', '-C', project.dir]) : null,
    dashboardDir: dashboardDir(),
    actionsDir: actionsDir(),
    version: manifest.version,
    ...(isBackground
      ? {}
      : { onLog: (line: string) => output.note(output.paintErr.dim(visibleIndented(line))) }),
  });
  endOnSignals(running, output, async () => {
    if (isBackground) return;
    const told = reaching(output, options);
    await lookAfter(told, 'the server has ended; what stays could not be seen', () =>
      tellWhatStays(project, told),
    );
  });
  if (!isBackground) await announce(running, project, output, options);
}

function endOnSignals(running: RunningServer, output: Output, tellEnd: () => Promise<void>): void {
  let asked = false;
  const end = (): void => {
    if (asked) process.exit(1);
    asked = true;
    setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
    running
      .close()
      .then(tellEnd)
      .then(
        () => process.exit(0),
        (error: unknown) => {
          output.note(error instanceof Error ? error.message : String(error));
          process.exit(1);
        },
      );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
}

async function announce(
  running: RunningServer,
  project: Project,
  output: Output,
  options: ServeCommandOptions,
): Promise<void> {
  const link = await running.mintLink();
  if (output.json) {
    const place = {
      url: running.url,
      link,
      port: running.port,
      pid: process.pid,
      state_dir: project.state.dir,
    };
    process.stdout.write(`${JSON.stringify({ ...place, rules_accepted: running.rulesAccepted() })}\n`);
    return;
  }
  const { paint } = output;
  output.line(`${paint.green('●')} ${paint.bold(running.url)}  ${paint.dim(`${project.dir}`)}`);
  output.line(`  dashboard  ${paint.cyan(link)}`);
  output.line(paint.dim('             once, within ten minutes; `governed-agents open` makes another'));
  output.line(`  state      ${project.state.dir}`);
  output.line(
    `  watchdog   ${options.watchdog ? 'beside it, a process of its own' : paint.yellow('none started (--no-watchdog)')}`,
  );
  for (const text of running.warnings()) warn(output, text);
  if (!running.rulesAccepted()) {
    output.line(
      `  ${paint.yellow('!')} the rules of this project were never accepted, so nothing runs: ${paint.bold('governed-agents accept')}`,
    );
  }
  const hint = sshHint(running.port);
  if (hint !== null) output.line(`  from home  ${hint}`);
  output.line(paint.dim('  Ctrl-C ends it'));
  if (options.open && isInteractive()) openInBrowser(link);
}
