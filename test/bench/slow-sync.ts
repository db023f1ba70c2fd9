// The same decisions on a slow disk: a shim, compiled here and preloaded into a child, makes every sync take five milliseconds longer.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SLOW_SYNC_VARIABLE } from './decisions.ts';
import type { Figure } from './ratio.ts';

const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static int later(int result) {
  struct timespec pause = { 0, 5000000 };
  nanosleep(&pause, 0);
  return result;
}
int fsync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int)) dlsym(RTLD_NEXT, "fsync");
  return later(real(fd));
}
int fdatasync(int fd) {
  static int (*real)(int);
  if (!real) real = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
  return later(real(fd));
}
`;

/** Answers the shim, compiled into `dir`. */
export function compileSlowSync(dir: string): string {
  const source = join(dir, 'slow-sync.c');
  const shim = join(dir, 'slow-sync.so');
  writeFileSync(source, SHIM);
  execFileSync('cc', ['-shared', '-fPIC', '-O2', '-o', shim, source, '-ldl']);
  return shim;
}

export async function slowSyncFigures(): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'governed-bench-'));
  try {
    const shim = compileSlowSync(dir);
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [process.argv[1] ?? '', 'decisions', '--json'],
      { encoding: 'utf8', env: { ...process.env, LD_PRELOAD: shim, [SLOW_SYNC_VARIABLE]: '5' } },
    );
    if (status !== 0) throw new Error(`the child with slow syncs failed:\n${stderr}`);
    const { decisions } = JSON.parse(stdout) as Readonly<Record<'decisions', readonly Figure[]>>;
    return decisions.map((figure) => ({ ...figure, name: `+5 ms a sync: ${figure.name}` }));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
