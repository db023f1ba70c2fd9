// Says how much of a process tree can be seen on this system, so that nobody is promised more than was checked.
import { existsSync } from 'node:fs';

export interface ProcessAbilities {
  /** Whether descendants that left the group are found, and stops and deaths verified. */
  readonly seesTrees: boolean;
  /** One sentence for `doctor` and for a person. */
  readonly detail: string;
}

let found: ProcessAbilities | undefined;

export function abilities(): ProcessAbilities {
  found ??= lookAround();
  return found;
}

function lookAround(): ProcessAbilities {
  if (process.platform === 'linux' && existsSync('/proc/self/stat')) {
    return {
      seesTrees: true,
      detail:
        'Whole process trees are followed through /proc (descendants, sessions, and the run id in their environment); stops and deaths are verified.',
    };
  }
  return {
    seesTrees: false,
    detail: `On this system (${process.platform}, no usable /proc) only the process group of a run is signalled: a process that leaves the group is missed, and a stop cannot be verified.`,
  };
}
