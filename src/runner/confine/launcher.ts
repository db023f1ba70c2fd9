// The command that starts a jail. Its options go through a file, never through the arguments that every user of the machine can read.
import { OperationError } from '../../core/fault.ts';
import type { JailPart } from './jail-parts.ts';

export interface Launch {
  readonly bwrap: string;
  readonly optionsFile: string;
  /** For the option `--seccomp 9`. */
  readonly filterFile: string;
  readonly setpriv: string;
  /** Folders of cgroups that the jail enters before it starts. */
  readonly cgroups: readonly string[];
  /** Started inside, its arguments too. */
  readonly command: readonly string[];
}

/**
 * Somebody outside reads the lifeline, which ends with the runner, and then ends the group that the jail is made in. bubblewrap ends with its
 * parent too, but ended between two of its first steps it leaves a process that waits for it for ever. What is past that has a session of
 * its own, and is the door's to end. The reader may be frozen with the tree: bubblewrap's end wakes it. Nothing starts without a lifeline.
 *
 * bubblewrap's outer process dies of a SIGTERM, and the whole jail with it: it ignores the signals that ask to end, so that the agent, which
 * gets them too, has its time. The program inside has them back.
 */
const SCRIPT = [
  'trap "" HUP INT QUIT TERM',
  '{ true; } <&3 || { echo "governed-agents: a jail needs its lifeline as descriptor 3" >&2; exit 125; }',
  'options=$1; filter=$2; setpriv=$3; shift 3',
  '"$setpriv" --pdeathsig CONT "$0" -c \'read -r line; kill -KILL "-$0"\' $$ <&3 3<&- >/dev/null 2>&1 &',
  'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 125; shift; done; shift',
  'exec "$@" 3<&- 8<"$options" 9<"$filter"',
].join('\n');

const SHELL = '/bin/sh';

export function launchCommand({
  bwrap,
  optionsFile,
  filterFile,
  setpriv,
  cgroups,
  command,
}: Launch): readonly string[] {
  return [
    SHELL,
    '-c',
    SCRIPT,
    SHELL,
    optionsFile,
    filterFile,
    setpriv,
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
