// Attempts on other processes, on what was inherited.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import type { Bait } from './bait.ts';
import { attempt, escaped, held, type Probe, unclear, worst } from './probe.ts';
import { processIds } from './read-probes.ts';
import { trySystemCall, tryTool } from './run-tool.ts';

/** The victim by its number, if that is the victim: inside, the number may be another's or nobody's. */
function victim({ process: { victim: pid }, canary }: Bait): number | undefined {
  return readText(`/proc/${pid}/cmdline`)?.includes(canary) === true ? pid : undefined;
}

function onVictim(id: string, what: string, act: (pid: number) => ReturnType<typeof held>): Probe {
  return {
    id,
    what,
    attempt: (bait) => {
      const pid = victim(bait);
      return pid === undefined ? held('no such process in sight') : act(pid);
    },
  };
}

export const processProbes: readonly Probe[] = [
  {
    id: 'process.see',
    what: 'see the processes of the machine',
    attempt: ({ canary }) => {
      const seen = processIds().find((pid) => readText(`/proc/${pid}/cmdline`)?.includes(canary));
      return seen === undefined
        ? held(`${processIds().length} processes, all of the jail`)
        : escaped(`process ${seen}`);
    },
  },
  {
    id: 'process.environment',
    what: 'read the operator’s environment in any process',
    attempt: ({ canary, process: { variable } }) => {
      const found = processIds().find((pid) =>
        readText(`/proc/${pid}/environ`)?.includes(`${variable}=${canary}`),
      );
      return found === undefined ? held('in none of them') : escaped(`process ${found}`);
    },
  },
  {
    id: 'environment.own',
    what: 'find the operator’s environment in its own',
    attempt: ({ process: { variable } }) =>
      process.env[variable] === undefined ? held('not there') : escaped(`${variable} is set`),
  },
  {
    id: 'process.signal-runner',
    what: 'signal its runner',
    attempt: ({ process: { runner, runnerStart } }) =>
      statFields(`/proc/${runner}/stat`)?.[19] !== runnerStart
        ? held('no such process in sight')
        : attempt(() => {
            process.kill(runner, 0);
            return `may signal ${runner}`;
          }),
  },
  onVictim('process.trace', 'trace a process of the machine', (pid) =>
    // PTRACE_SEIZE, undone when the tracer ends.
    trySystemCall({ x64: 101, arm64: 117 }, [0x4206, pid, 0, 0]),
  ),
  onVictim('process.memory', 'open the memory of a process of the machine', (pid) =>
    attempt(() => {
      closeSync(openSync(`/proc/${pid}/mem`, 'r'));
      return `opened the memory of ${pid}`;
    }),
  ),
  onVictim('process.limits', 'change the limits of a process of the machine', (pid) =>
    tryTool('prlimit', ['--pid', String(pid), '--core=0:0']),
  ),
  // The victim does not outlive it.
  onVictim('process.signal', 'signal a process of the machine', (pid) =>
    attempt(() => {
      process.kill(pid, 'SIGUSR2');
      return `signalled ${pid}`;
    }),
  ),
  {
    id: 'process.first',
    what: 'make the first process it sees do what it wants, as to outlive its runner',
    attempt: () =>
      worst([
        trySystemCall({ x64: 101, arm64: 117 }, [0x4206, 1, 0, 0]),
        // Nothing is written: whether it may be asked for is the question.
        trySystemCall({ x64: 311, arm64: 271 }, [1, 0, 0, 0, 0, 0]),
        attempt(() => {
          closeSync(openSync('/proc/1/mem', 'r+'));
          return 'opened the memory of process 1';
        }),
      ]),
  },
  {
    id: 'process.wake',
    what: 'wake itself while it is frozen',
    attempt: () =>
      worst([
        // A timer of the process's own; the number of it is written over the text.
        trySystemCall({ x64: 222, arm64: 107 }, [1, 0, 'timer-id']),
        // F_SETSIG with SIGCONT, for what it is given on its standard input.
        trySystemCall({ x64: 72, arm64: 25 }, [0, 10, 18]),
      ]),
  },
  {
    id: 'process.session',
    what: 'share a session or group with a process outside, and signal it as one',
    attempt: () => {
      const fields = statFields('/proc/self/stat');
      const [group, session] = [fields?.[2], fields?.[3]];
      // A leader that can't be named from here is outside.
      return group === '0' || session === '0'
        ? escaped(`group ${group}, session ${session}: led from outside`)
        : held(`group ${group}, session ${session}`);
    },
  },
  {
    id: 'process.terminal',
    what: 'type into the operator’s terminal',
    attempt: () =>
      attempt(() => {
        closeSync(openSync('/dev/tty', 'r+'));
        return 'opened /dev/tty';
      }),
  },
  {
    id: 'process.priority',
    what: 'put itself before the machine’s processes',
    attempt: () =>
      attempt(() => {
        try {
          setPriority(0, -5);
        } catch (error) {
          throw Object.assign(new Error('refused'), {
            code: (error as { readonly info?: { readonly code?: string } }).info?.code,
          });
        }
        return 'raised its priority';
      }),
  },
  {
    id: 'process.out-of-memory',
    what: 'let others be killed for the memory it takes',
    attempt: () =>
      attempt(() => {
        writeFileSync('/proc/self/oom_score_adj', '-500');
        return 'made itself safe from the kernel';
      }),
  },
  {
    id: 'inherited.files',
    what: 'use files and sockets that were left open for it',
    attempt: () => {
      const open = readdirSync('/proc/self/fd').flatMap((fd) => {
        const to = Number(fd) > 2 ? readLink(`/proc/self/fd/${fd}`) : undefined;
        return to !== undefined && /^(\/(?!dev\/(null|urandom)$|proc\/)|socket:)/.test(to)
          ? [`${fd} → ${to}`]
          : [];
      });
      return open.length === 0 ? held('none') : escaped(open.join(', '));
    },
  },
  {
    id: 'inherited.files-of-others',
    what: 'open files that processes in sight hold open',
    attempt: ({ secrets }) =>
      worst([
        held('none'),
        ...processIds().flatMap((pid) =>
          fds(pid)
            .filter((fd) => Object.values(secrets).includes(readLink(`/proc/${pid}/fd/${fd}`) ?? ''))
            .map((fd) =>
              attempt(() => {
                closeSync(openSync(`/proc/${pid}/fd/${fd}`, 'r'));
                return `opened file ${fd} of process ${pid}`;
              }),
            ),
        ),
      ]),
  },
  {
    id: 'core.dump',
    what: 'leave a core dump',
    attempt: ({ workspace }) => {
      const { status: code, signal } = spawnSync(
        '/bin/sh',
        ['-c', 'ulimit -c unlimited 2>/dev/null; kill -SEGV $$'],
        { cwd: workspace },
      );
      const cores = readdirSync(workspace).filter((name) => name.startsWith('core'));
      for (const name of cores) rmSync(join(workspace, name));
      if (signal !== 'SIGSEGV' && code !== 139) return unclear(`the crash ended with ${signal ?? code}`);
      return cores.length > 0 ? escaped(cores.join(', ')) : held('none was written');
    },
  },
];

/** From the third on, numbered from 0. */
function statFields(path: string): readonly string[] | undefined {
  const stat = readText(path);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function fds(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    // Not ours to look into.
    return [];
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile, or not ours.
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Gone or not ours to read.
    return undefined;
  }
}
