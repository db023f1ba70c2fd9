// Lets one `exec` of this user at a time make the project, put its rules in force and start the server: several that begin at the same
// moment would otherwise make several of each. Who died while it held the turn does not keep it.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeStateFolder, writingState } from '../../config/entry.ts';
import { OperationError } from '../../core/fault.ts';
import { faultCode } from '../../core/fault-code.ts';
import { formatProcessJson, identify, isAlive, parseProcessJson } from '../../process/entry.ts';

const LIMIT_MS = 30_000;
const POLL_MS = 20;

export async function oneAtATime<T>(path: string, act: () => Promise<T>): Promise<T> {
  await take(path);
  try {
    return await act();
  } finally {
    rmSync(path, { force: true });
  }
}

async function take(path: string): Promise<void> {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('this process could not be found among those that live');
  makeStateFolder(dirname(path));
  const untilMs = performance.now() + LIMIT_MS;
  while (!writingState(dirname(path), () => isMade(path, formatProcessJson(own)))) {
    if (isAbandoned(path)) putAside(path);
    if (performance.now() >= untilMs) throw stillHeld(path);
    await delay(POLL_MS);
  }
}

function isMade(path: string, content: string): boolean {
  // Whole or not at all: an empty one would stand in the way of every later exec.
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, content, { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (faultCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Should another have taken the turn meanwhile, it gets it back. */
function putAside(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (!isAbandoned(aside)) linkSync(aside, path);
  } catch (error) {
    // Somebody was quicker, either way.
    if (faultCode(error) === null) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** It is made whole, so what can't be read was left by a disk that was full, or a power that failed. */
function isAbandoned(path: string): boolean {
  try {
    const holder = parseProcessJson(readFileSync(path, 'utf8'));
    return holder === null || !isAlive(holder);
  } catch (error) {
    if (faultCode(error) !== null) return false;
    throw error;
  }
}

function stillHeld(path: string): OperationError {
  return new OperationError({
    op: 'wait for another exec',
    code: 'exec_busy',
    message: `another \`governed-agents exec\` has been starting for ${LIMIT_MS / 1_000} s`,
    hint: `see what it does with \`ps\`; if nothing starts any more, remove ${path}`,
  });
}
