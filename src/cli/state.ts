// The project's state, opened directly: for what works without a server.

import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { type Bundle, EXECUTABLE, makeBundle, parseRules } from '../config/rules-entry.ts';
import { OperationError } from '../core/fault.ts';
import { faultCode } from '../core/fault-code.ts';
import type { Rules } from '../core/rules/rules.ts';
import { createGovernor, type Governor } from '../governor/entry.ts';
import { openStore, readMeta, readRuleFiles, type Store, storeMissing } from '../store/entry.ts';
import type { Project } from './project.ts';
import { RulesInvalidError } from './refusal-error.ts';

const BUSY_MS = 2_000;

/** Read-only; the caller closes it. */
export function openForReading(project: Project): Store {
  if (!existsSync(project.state.store)) throw noState(project);
  return openStore(project.state.store, { mode: 'read', busyMs: BUSY_MS });
}

export interface OpenState {
  readonly store: Store;
  readonly governor: Governor;
}

export function openForWriting(project: Project, mode: 'create' | 'write', busyMs = BUSY_MS): OpenState {
  if (mode === 'write' && !existsSync(project.state.store)) throw noState(project);
  const store = openStore(project.state.store, { mode, busyMs });
  const governor = createGovernor({
    store,
    clock: () => Date.now(),
    random: (bytes) => randomBytes(bytes),
    rulesOf: (hash) => rulesOf(store, hash),
  });
  return { store, governor };
}

/** What the operator accepted last; null before the first time. */
export function acceptedBundle(store: Store): Bundle | null {
  const hash = readMeta(store, 'rules_hash');
  return hash === null ? null : bundleOf(store, hash);
}

export function acceptedRules(store: Store): Rules | null {
  const hash = readMeta(store, 'rules_hash');
  return hash === null ? null : rulesOf(store, hash);
}

function bundleOf(store: Store, hash: string): Bundle {
  return makeBundle(
    readRuleFiles(store, hash).map((row) => [
      row.path,
      { bytes: row.content, mode: row.executable === 1 ? EXECUTABLE : 0 },
    ]),
  );
}

function rulesOf(store: Store, hash: string): Rules {
  const bundle = bundleOf(store, hash);
  const parsed = parseRules(bundle);
  if (parsed.result === 'invalid') throw new RulesInvalidError(parsed.problems);
  if (bundle.hash === hash) return parsed.rules;
  throw new OperationError({
    op: 'read the accepted rules',
    code: 'rules_unreadable',
    message: `the rules in force (${hash.slice(0, 12)}) were altered in the store`,
    hint: 'look at the files of the project and accept them again with `governed-agents accept`',
  });
}

/** Why a store that is not to be seen can't be made anew either: it is another user's, or it was lost. Null before there was one. */
export function lostState(project: Project): OperationError | null {
  return closedState(project) ?? storeMissing(project.state.store);
}

export function noState(project: Project): OperationError {
  return (
    lostState(project) ??
    new OperationError({
      op: 'open the state',
      code: 'no_state',
      message: `this project has no state yet (${project.state.dir})`,
      hint: 'put its rules in force with `governed-agents accept`, which makes the state',
    })
  );
}

/** What another user made: nothing of it can be seen, so that nothing may be said of it either. */
export function closedState(project: Project): OperationError | null {
  try {
    accessSync(project.state.dir, constants.R_OK | constants.X_OK);
    return null;
  } catch (cause) {
    if (faultCode(cause) !== 'EACCES') return null;
    return new OperationError({
      op: 'open the state',
      code: 'no_state',
      message: `the state of this project is another user’s, and closed to you (${project.state.dir})`,
      hint: 'run this as the user who made the project',
      cause,
    });
  }
}
