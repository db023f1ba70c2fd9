// Starts runners that are to be killed, and tells what lives on of the jails that they made.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newFolder, type Programs } from './probe-fixture.ts';

export interface DoomedRunner {
  readonly process: ChildProcess;
  readonly name: string;
  /** Resolves when it has printed a line that holds these words. */
  said(words: string): Promise<void>;
}

const EMPTY_LOOKS = 4;
let count = 0;

export function startRunner({ runnerMain, door }: Programs, bwrap = '/usr/bin/bwrap'): DoomedRunner {
  count += 1;
  const name = `doomed-${process.pid}-${count}-`;
  const child = spawn(process.execPath, [runnerMain, door, name, bwrap], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  return {
    process: child,
    name,
    async said(words) {
      while (!output.includes(words)) {
        if (child.exitCode !== null) throw new Error(`The runner ended with ${child.exitCode}: ${output}`);
        await delay(1);
      }
    },
  };
}

/** To a part of a millisecond: a jail is made in a few of them. */
export async function preciseDelay(ms: number): Promise<void> {
  const untilMs = performance.now() + ms;
  if (ms > 3) await delay(ms - 2);
  while (performance.now() < untilMs);
}

/** Processes whose environment or arguments name the jail; those that are dead and only not yet waited for do not count. */
export function livingOf(name: string): readonly string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => text(pid, 'environ').includes(name) || text(pid, 'cmdline').includes(name))
    .filter((pid) => !/\) [ZX] /.test(text(pid, 'stat')));
}

/** What still lives after `limitMs`, each with what it is; ended then, so that no other test meets it. */
export async function survivorsOf({ process: runner, name }: DoomedRunner, limitMs = 3_000) {
  const deadlineMs = performance.now() + limitMs;
  let others: readonly string[] = [];
  // One look may miss a process that is between fork and exec, so it takes several that see nobody.
  for (let empty = 0; empty < EMPTY_LOOKS && performance.now() < deadlineMs; await delay(5)) {
    others = livingOf(name).filter((pid) => Number(pid) !== runner.pid);
    empty = others.length === 0 ? empty + 1 : 0;
  }
  return others.map((pid) => {
    const is = `${text(pid, 'cmdline').replaceAll('\0', ' ').slice(0, 60)} in ${text(pid, 'wchan')}`;
    spawnSync('kill', ['-KILL', pid]);
    return is;
  });
}

/** bubblewrap in slow motion: a kill meets it between any two of its steps. */
export function slowBwrap(): string {
  const path = join(newFolder(), 'bwrap');
  const script = [
    'exec strace -D -f -o /dev/null -e trace=clone,write,setsid,prctl,mount',
    '-e inject=clone,write,setsid:delay_exit=20000 -e inject=prctl,mount:delay_exit=1500',
    '/usr/bin/bwrap "$@"',
  ];
  writeFileSync(path, `#!/bin/sh\n${script.join(' ')}\n`);
  chmodSync(path, 0o755);
  return path;
}

function text(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    // Gone meanwhile, or another user's, and so not of a jail of ours.
    return '';
  }
}
