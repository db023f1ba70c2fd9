// Builds what goes into a jail and what starts one, so that other users can run it too, and gives places that all of them may use.
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { ProbeResult } from '../../src/runner/confine/probes/probe.ts';

export interface Programs {
  readonly door: string;
  readonly probe: string;
  readonly probeMain: string;
  readonly runnerMain: string;
  readonly givenInputMain: string;
}

let base = process.env['GOVERNED_CONFINE_TEST'];

/** Not in /tmp: a jail has a /tmp of its own. Everything that a test starts makes its folders in the same place. */
export function newFolder(): string {
  if (base === undefined) {
    base = mkdtempSync('/var/tmp/governed-confine-');
    chmodSync(base, 0o1777);
    process.env['GOVERNED_CONFINE_TEST'] = base;
  }
  return mkdtempSync(join(base, 'x'));
}

/** As deep as a real state folder may lie: too long for the name of a socket. */
function newDeepFolder(): string {
  return mkdtempSync(join(newFolder(), 'deep-'.repeat(16)));
}

export function removeFolders(): void {
  if (base !== undefined) rmSync(base, { recursive: true, force: true });
  base = undefined;
  delete process.env['GOVERNED_CONFINE_TEST'];
}

export async function buildPrograms(): Promise<Programs> {
  const outdir = newFolder();
  chmodSync(outdir, 0o755);
  const here = new URL('.', import.meta.url).pathname;
  const confine = new URL('../../src/runner/confine/', import.meta.url).pathname;
  await build({
    entryPoints: {
      door: `${confine}door/door.ts`,
      probe: `${confine}probes/probe-program.ts`,
      'probe-main': `${here}probe-main.ts`,
      'runner-main': `${here}runner-main.ts`,
      'given-input-main': `${here}given-input-main.ts`,
    },
    outdir,
    outExtension: { '.js': '.mjs' },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  });
  const file = (name: string): string => join(outdir, `${name}.mjs`);
  return {
    door: file('door'),
    probe: file('probe'),
    probeMain: file('probe-main'),
    runnerMain: file('runner-main'),
    givenInputMain: file('given-input-main'),
  };
}

export const isRoot = process.getuid?.() === 0;
const ORDINARY = 65534;

/** A home of its own with something in it. */
function newHome(uid: number | null): string {
  const home = newFolder();
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, '.profile'), 'export EDITOR=ed\n');
  if (uid !== null) for (const path of [home, join(home, '.profile')]) chownSync(path, uid, uid);
  return home;
}

export function probeAs(
  user: 'self' | 'ordinary',
  mode: 'confined' | 'bare',
  programs: Programs,
): Promise<readonly ProbeResult[]> {
  const isOther = user === 'ordinary' && isRoot;
  const drop = isOther ? ['setpriv', `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups'] : [];
  const [program = '', ...args] = [
    ...drop,
    process.execPath,
    programs.probeMain,
    mode,
    programs.door,
    programs.probe,
  ];
  const folder = newDeepFolder();
  if (isOther) for (const path of [folder, dirname(folder)]) chownSync(path, ORDINARY, ORDINARY);
  const env = { PATH: process.env['PATH'], FOLDER: folder, HOME: newHome(isOther ? ORDINARY : null) };
  const child = spawn(program, args, { env, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as ProbeResult[])
        : reject(new Error(`the probes ended with ${code}`)),
    );
  });
}
