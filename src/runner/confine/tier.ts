// How strongly a run is confined here: found out by sending the probes into a jail like its own, and never by anything else. What was found
// holds until something changes that it depends on.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { findBwrap } from './find-bwrap.ts';
import { jailParts } from './jail-parts.ts';
import type { ProbeResult } from './probes/probe.ts';
import { PYTHON } from './probes/run-tool.ts';
import { runProbes } from './run-probes.ts';
import { systemCallFilter } from './system-call-filter.ts';

export interface SelfTest {
  readonly tier: 'confined' | 'advisory';
  /** Empty when no jail could be made at all. */
  readonly probes: readonly ProbeResult[];
  /** Why not confined, in a sentence; null when confined. */
  readonly why: string | null;
  readonly hint: string | null;
  /** The program that makes the jails; null when none can. */
  readonly bwrap: string | null;
  /** What it was found under. */
  readonly key: string;
}

/** Where findings are kept is the caller's matter; it must be out of the agents' reach. */
export interface SelfTestCache {
  get(key: string): SelfTest | undefined;
  set(key: string, found: SelfTest): void;
}

export interface SelfTestOptions {
  readonly door: string;
  readonly program: string;
  /** Makes a new folder for the bait, beside the runs. */
  readonly newFolder: () => string;
  readonly operatorHome: string;
  readonly cache: SelfTestCache;
}

export async function selfTest(options: SelfTestOptions): Promise<SelfTest> {
  const bwrap = findBwrap();
  if (bwrap.result === 'unusable') {
    const { detail, hint } = bwrap;
    return { tier: 'advisory', probes: [], why: detail, hint, bwrap: null, key: '' };
  }
  const key = keyOf(options, bwrap.fingerprint);
  const known = options.cache.get(key);
  if (known !== undefined) return known;
  const probes = await runProbes({
    ...options,
    bwrap: bwrap.path,
    folder: options.newFolder(),
    isConfined: true,
  });
  const found = judge(probes, bwrap.path, key);
  // What could not be told this time may be told the next.
  if (probes.every(({ outcome }) => outcome !== 'unclear')) options.cache.set(key, found);
  return found;
}

function judge(probes: readonly ProbeResult[], bwrap: string, key: string): SelfTest {
  const failed = probes.filter(({ outcome }) => outcome !== 'held');
  if (failed.length === 0 && probes.length > 0)
    return { tier: 'confined', probes, why: null, hint: null, bwrap, key };
  const list = failed.map(({ id, what, outcome, detail }) =>
    outcome === 'unclear' ? `${id} (can’t be told: ${what}: ${detail})` : `${id} (${what})`,
  );
  return {
    tier: 'advisory',
    probes,
    why: `${failed.length} of ${probes.length} attempts to escape were not held: ${list.join('; ')}`,
    hint: hintFor(failed),
    bwrap,
    key,
  };
}

function hintFor(failed: readonly ProbeResult[]): string {
  if (failed.every(({ detail }) => detail.startsWith(PYTHON))) {
    return 'Install Perl or Python 3 (its program in /usr/bin): some of the attempts are made with it.';
  }
  if (failed.length === 1 && failed[0]?.id === 'flood.processes' && process.getuid?.() === 0) {
    return 'The kernel counts no processes against root and no cgroup can be had here: run governed-agents as an ordinary user.';
  }
  return '`governed-agents doctor` lists each attempt and what it found.';
}

/** The kernel, bubblewrap, Node, the user, the door, the probes and the form of the jail: a change in any asks for a new test. */
function keyOf(options: SelfTestOptions, fingerprint: string): string {
  const form = jailParts({
    readOnly: [],
    writable: [],
    links: [],
    env: {},
    cwd: '/',
    temporaryBytes: 0,
    hasFilter: true,
  });
  const hash = createHash('sha256');
  for (const part of [
    fingerprint,
    release(),
    process.version,
    process.execPath,
    String(process.getuid?.()),
    // Root's processes are bounded by a cgroup alone, so where we are among cgroups counts.
    readFileSync('/proc/self/cgroup', 'utf8'),
    JSON.stringify(form),
    systemCallFilter(process.arch)?.toString('base64') ?? '',
    readFileSync(options.door, 'utf8'),
    readFileSync(options.program, 'utf8'),
  ]) {
    hash.update(`${part.length} ${part}`);
  }
  return hash.digest('hex');
}
