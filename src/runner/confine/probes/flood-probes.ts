// Attempts to take more of the machine than was given. Each stops as soon as it has had a little more than its limit.

import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { faultCode } from '../../../core/fault-code.ts';
import { attempt, escaped, type Finding, held, type Probe, unclear, worst } from './probe.ts';
import { processIds } from './read-probes.ts';
import { tryTool } from './run-tool.ts';

const MIB = 1024 * 1024;
const MARK = 'GOVERNED_FLOOD';

export const floodProbes: readonly Probe[] = [
  {
    id: 'flood.processes',
    what: 'start processes without end',
    attempt: ({ limits }) => {
      const count = limits.processes + 50;
      const script = `i=0; while [ $i -lt ${count} ]; do sleep 30 >/dev/null 2>&1 & i=$((i+1)); done; echo all`;
      // With its own group, so that all can be ended.
      const { stdout, stderr } = spawnSync('setsid', ['--wait', '/bin/sh', '-c', `${script}; kill -KILL 0`], {
        encoding: 'utf8',
        timeout: 20_000,
        killSignal: 'SIGKILL',
        env: { ...process.env, [MARK]: '1' },
      });
      endFlood();
      if (stdout.includes('all')) return escaped(`${count} processes`);
      return /fork|resource/i.test(stderr)
        ? held(stderr.trim().slice(0, 120))
        : unclear(stderr.slice(0, 120));
    },
  },
  {
    id: 'flood.open-files',
    what: 'open files without end',
    attempt: ({ limits }) => {
      const open: number[] = [];
      try {
        while (open.length <= limits.openFiles) open.push(openSync('/dev/null', 'r'));
        return escaped(`${open.length} files`);
      } catch (error) {
        return faultCode(error) === 'EMFILE' ? held(`after ${open.length}`) : unclear(String(error));
      } finally {
        open.forEach(closeSync);
      }
    },
  },
  {
    id: 'flood.file-size',
    what: 'make a file without end',
    attempt: ({ workspace, limits }) => {
      const path = join(workspace, `size-${process.pid}`);
      writeFileSync(path, '');
      try {
        return attempt(() => {
          truncateSync(path, limits.fileBytes + 1);
          return `${limits.fileBytes + 1} bytes`;
        });
      } finally {
        rmSync(path);
      }
    },
  },
  {
    id: 'flood.memory',
    what: 'take memory without end',
    attempt: ({ limits }) => {
      const script = `const held = []; for (let left = ${limits.memoryBytes} + 64 * ${MIB}; left > 0; left -= 256 * ${MIB}) held.push(Buffer.alloc(256 * ${MIB})); console.log('all ' + held.length)`;
      const { stdout, stderr, signal } = spawnSync(process.execPath, ['-e', script], {
        encoding: 'utf8',
        timeout: 10_000,
      });
      if (stdout.includes('all')) return escaped(`${limits.memoryBytes} bytes and more`);
      return /alloc|memory/i.test(stderr) || signal !== null
        ? held(`refused (${signal ?? 'allocation failed'})`)
        : unclear(stderr.slice(0, 160));
    },
  },
  fill('flood.temporary', '/tmp', () => '/tmp'),
  fill('flood.shared-memory', '/dev/shm', () => '/dev/shm'),
  {
    id: 'flood.hidden-memory',
    what: 'fill memory through another file system that is held in it',
    attempt: () => {
      const unbounded = readFileSync('/proc/self/mountinfo', 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [before = '', after = ''] = line.split(' - ');
          const [, , , , at = '', options = ''] = before.split(' ');
          return after.startsWith('tmpfs') && options.startsWith('rw') && !/size=/.test(after) ? [at] : [];
        });
      return unbounded.length === 0
        ? held('each is bounded or read-only')
        : worst(unbounded.map((at) => fillTo(at, 1)));
    },
  },
  ...(['nproc', 'nofile', 'fsize', 'data', 'cpu', 'core'] as const).map(
    (limit): Probe => ({
      id: `limit.${limit}`,
      what: `raise its limit of ${limit}, or have none`,
      attempt: ({ limits }) => {
        const more = { nproc: limits.processes + 1, nofile: limits.openFiles + 1 };
        const value = limit in more ? more[limit as keyof typeof more] : 'unlimited';
        return tryTool('prlimit', [`--${limit}=${value}:${value}`, 'true']);
      },
    }),
  ),
];

function fill(id: string, name: string, folder: () => string): Probe {
  return {
    id,
    what: `fill ${name}, which is held in memory`,
    attempt: ({ limits }) => fillTo(folder(), limits.temporaryBytes + MIB),
  };
}

function fillTo(folder: string, bytes: number): Finding {
  const path = join(folder, `fill-${process.pid}`);
  try {
    return attempt(() => {
      const file = openSync(path, 'wx');
      try {
        const block = Buffer.alloc(MIB);
        for (let left = bytes; left > 0; left -= writeSync(file, block));
      } finally {
        closeSync(file);
      }
      return `${bytes} bytes in ${folder}`;
    });
  } finally {
    rmSync(path, { force: true });
  }
}

/** Without a new process: none can be had while the flood lives. */
function endFlood(): void {
  for (let round = 0; round < 3; round += 1) {
    for (const pid of processIds()) {
      try {
        if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=1`))
          process.kill(Number(pid), 'SIGKILL');
      } catch {
        // Gone meanwhile, or another's: either way not of the flood.
      }
    }
  }
}
