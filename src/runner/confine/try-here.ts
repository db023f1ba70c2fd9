// The self-test as runs and `doctor` ask for it, with this package's own programs. What a run goes by is kept in the state, out of the agents' sight.

import { mkdtempSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateLayout } from '../../config/state-layout.ts';
import { faultCode } from '../../core/fault-code.ts';
import { confinePrograms } from './confine-programs.ts';
import { operatorHome } from './operator-home.ts';
import { type SelfTest, type SelfTestCache, selfTest } from './tier.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Seconds when something has changed that the finding depends on, which `onTrial` hears of first; milliseconds otherwise. Throws an OperationError for a broken installation. */
export function tryHere(
  state: Pick<StateLayout, 'dir' | 'confinement'>,
  env: Env,
  onTrial: () => void,
): Promise<SelfTest> {
  return tried(state.dir, env, keptIn(state.confinement), onTrial);
}

/** Whatever was found before; the bait is laid in a new folder in `dir`. */
export function tryAnew(dir: string, env: Env): Promise<SelfTest> {
  return tried(dir, env, { get: () => undefined, set: () => undefined }, () => undefined);
}

function tried(dir: string, env: Env, cache: SelfTestCache, onTrial: () => void): Promise<SelfTest> {
  return selfTest({
    ...confinePrograms(),
    newFolder: () => {
      onTrial();
      // The jail knows no link on the way to the state, such as a home folder that is one.
      return realpathSync(mkdtempSync(join(dir, 'trial-')));
    },
    operatorHome: operatorHome(env),
    cache,
  });
}

/** A file that can't be read or understood is no finding: the test is made again. */
function keptIn(file: string): SelfTestCache {
  return {
    get(key) {
      const known = readKept(file);
      return known?.key === key ? known : undefined;
    },
    set(_key, found) {
      const whole = `${file}.${process.pid}`;
      writeFileSync(whole, JSON.stringify(found), { mode: 0o600 });
      renameSync(whole, file);
    },
  };
}

function readKept(file: string): SelfTest | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SelfTest;
  } catch (error) {
    if (error instanceof SyntaxError || faultCode(error) !== null) return undefined;
    throw error;
  }
}
