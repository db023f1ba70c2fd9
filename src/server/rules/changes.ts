// Compares the governing files on disk with what is in force, whenever they change. Each edit is recorded once; it takes effect only
// when exactly the content that was shown is accepted.

import {
  type Bundle,
  diffBundles,
  type FileWatcher,
  readBundle,
  watchFiles,
} from '../../config/rules-entry.ts';
import type { Actor } from '../../core/audit/event.ts';
import { InputError, OperationError } from '../../core/fault.ts';
import { acceptRules, recordRulesChanged } from '../../governor/accept-rules.ts';
import type { Governor } from '../../governor/governor.ts';
import { loadDetector } from '../../governor/policy/detector.ts';
import { runCases } from '../../governor/policy/run-cases.ts';
import { type Refused, refused } from '../../governor/refusal.ts';
import type { Store } from '../../store/open.ts';
import { findEvents } from '../../store/read/events.ts';
import { readMeta } from '../../store/read/meta.ts';
import { createEditLog } from './edit-log.ts';
import type { RulesInForce } from './in-force.ts';
import { changedPaths, type RulesOnDisk, rulesOfProject } from './rules-on-disk.ts';

export interface RulesWatch {
  /** Looks at the files, and again at every change; not before the server listens, since watching takes a while to begin. */
  begin(): void;
  read(): Promise<RulesOnDisk>;
  /** Paths that differed when the files last changed. */
  readonly changed: readonly string[];
  /** What was wrong with the files when they last changed; empty when they could be accepted. */
  readonly problems: readonly InputError[];
  /** Puts the files in force, when they still are what has this hash. */
  accept(
    hash: string,
    actor: Actor,
  ): Promise<{ readonly result: 'accepted'; readonly hash: string } | Refused>;
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly projectDir: string;
  readonly projectId: string;
  readonly store: Store;
  readonly governor: Governor;
  readonly rules: RulesInForce;
  readonly log: (line: string) => void;
  readonly onFault: (fault: unknown) => void;
}

export function watchRules(options: WatchOptions): RulesWatch {
  const { store, governor, projectDir } = options;
  const tell = createEditLog(options.log);
  let changed: readonly string[] = [];
  let problems: readonly InputError[] = [];
  let recorded = lastRecorded(store);

  const read = async (): Promise<RulesOnDisk> => {
    const inForce = readMeta(store, 'rules_hash');
    try {
      const bundle = await readBundle(projectDir);
      if (bundle.hash === inForce)
        return { inForce, edited: bundle.hash, files: [], problems: [], cases: [] };
      const before = inForce === null ? null : options.rules.of(inForce).bundle;
      const { rules, problems } = rulesOfProject(bundle, options.projectId);
      return {
        inForce,
        edited: bundle.hash,
        files: diffBundles(before, bundle),
        problems,
        cases: rules === null ? [] : await runCases(rules.policy),
      };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { inForce, edited: null, files: [], problems: [error], cases: [] };
    }
  };

  const look = async (): Promise<void> => {
    const found = await read();
    changed = changedPaths(found);
    problems = found.problems;
    tell(found);
    const { edited } = found;
    if (edited === null || edited === found.inForce || edited === recorded || found.inForce === null) return;
    recorded = edited;
    await governor.commit((tx) => recordRulesChanged(tx, { hash: edited, paths: changed }));
  };

  let looking: Promise<void> = Promise.resolve();
  const lookAgain = (): void => {
    looking = looking.then(look).catch(options.onFault);
  };
  let watcher: FileWatcher | null = null;
  let closed = false;

  return {
    begin() {
      if (closed) return;
      watcher = watchFiles({ projectDir, onChange: lookAgain, onFault: options.onFault });
      void watcher.ready.then(lookAgain);
      lookAgain();
    },
    read,
    get changed() {
      return changed;
    },
    get problems() {
      return problems;
    },
    async accept(hash, actor) {
      const bundle = await readBundle(projectDir);
      if (bundle.hash !== hash) {
        const detail = `the files have changed since they were shown: they have the hash ${bundle.hash} now`;
        return refused(
          'rules_changed',
          detail,
          'look at the difference again, then accept what is shown now',
        );
      }
      const { rules, problems } = rulesOfProject(bundle, options.projectId);
      if (problems[0] !== undefined) throw problems[0];
      // So that the first action under new rules is not held for want of it.
      if (rules?.policy.rules.usesDetector === true) await loadDetector();
      await governor.commit((tx) => acceptRules(tx, { hash, actor, files: rowsOf(bundle) }));
      lookAgain();
      return { result: 'accepted', hash };
    },
    async close() {
      closed = true;
      await watcher?.close();
      await looking;
    },
  };
}

function rowsOf(bundle: Bundle): { path: string; executable: number; content: Buffer }[] {
  return [...bundle.files].map(([path, file]) => ({
    path,
    executable: file.mode === 0 ? 0 : 1,
    content: file.bytes,
  }));
}

/** An edit that was recorded before a restart is not recorded again. */
function lastRecorded(store: Store): string | null {
  const payload = findEvents(store, { eventType: 'rules_changed', limit: 1 })[0]?.payload ?? null;
  if (payload === null) return null;
  const value: unknown = JSON.parse(payload);
  if (typeof value !== 'object' || value === null || !('edited_hash' in value)) return null;
  if (typeof value.edited_hash !== 'string')
    throw new OperationError({ op: 'read the record', message: 'a rules_changed event has no hash' });
  return value.edited_hash;
}
