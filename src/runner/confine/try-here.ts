// The self-test as runs and `doctor` ask for it: with this package's own programs, its finding kept in the state, out of the agents' sight.
import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateLayout } from '../../config/state-layout.ts';
import { confinePrograms } from './confine-programs.ts';
import { operatorHome } from './operator-home.ts';
import { type SelfTest, type SelfTestCache, selfTest } from './tier.ts';

/** Seconds when something has changed that the finding depends on, which `onTrial` hears of first; milliseconds otherwise. Throws an OperationError for a broken installation. */
export function tryHere(
  state: Pick<StateLayout, 'dir' | 'confinement'>,
  env: Readonly<Record<string, string | undefined>>,
  onTrial: () => void,
): Promise<SelfTest> {
  return selfTest({
    ...confinePrograms(),
    newFolder: () => {
      onTrial();
      return mkdtempSync(join(state.dir, 'trial-'));
    },
    operatorHome: operatorHome(env),
    cache: keptIn(state.confinement),
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
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}
