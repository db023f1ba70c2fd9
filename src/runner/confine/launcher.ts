// The command that starts a jail. Its options go through a file, never through the arguments that every user of the machine can read.
import { OperationError } from '../../core/fault.ts';
import type { JailPart } from './jail-parts.ts';

export interface Launch {
  readonly bwrap: string;
  readonly optionsFile: string;
  /** For the option `--seccomp 9`. */
  readonly filterFile: string;
  /** Folders of cgroups that the jail enters before it starts. */
  readonly cgroups: readonly string[];
  /** Started inside, its arguments too. */
  readonly command: readonly string[];
}

/**
 * bubblewrap's outer process dies of a SIGTERM, and the whole jail with it: it ignores the signals that ask to end, so that the agent, which
 * gets them too, has its time. The program inside has them back.
 */
const SCRIPT = [
  'options=$1; filter=$2; shift 2',
  'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 125; shift; done; shift',
  'trap "" HUP INT QUIT TERM',
  'exec "$@" 8<"$options" 9<"$filter"',
].join('\n');

const SHELL = '/bin/sh';

export function launchCommand({
  bwrap,
  optionsFile,
  filterFile,
  cgroups,
  command,
}: Launch): readonly string[] {
  return [
    SHELL,
    '-c',
    SCRIPT,
    'governed-jail',
    optionsFile,
    filterFile,
    ...cgroups,
    '--',
    bwrap,
    '--args',
    '8',
    '--',
    ...command,
  ];
}

/** The content of the options file. */
export function encodeOptions(parts: readonly JailPart[]): string {
  const args = parts.flatMap((each) => each.args);
  const broken = args.find((arg) => arg.includes('\0'));
  if (broken !== undefined) {
    throw new OperationError({
      op: 'build the jail of a run',
      code: 'nul_in_jail',
      message: `A path or variable of the run holds a NUL character: ${JSON.stringify(broken)}.`,
      hint: 'Remove it from the agent’s environment or rename the path.',
    });
  }
  return args.map((arg) => `${arg}\0`).join('');
}
