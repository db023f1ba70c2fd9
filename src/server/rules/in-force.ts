// The rules in force: made from the content that was accepted, never from a file as it is by now, and kept by their hash, which names
// that content exactly.

import { type Bundle, EXECUTABLE, makeBundle, materialize, parseRules } from '../../config/rules-entry.ts';
import { OperationError } from '../../core/fault.ts';
import type { Rules } from '../../core/rules/rules.ts';
import type { Store } from '../../store/open.ts';
import { readMeta, readRuleFiles } from '../../store/read/meta.ts';

export interface AcceptedRules {
  readonly rules: Rules;
  readonly bundle: Bundle;
}

export interface RulesInForce {
  /** Null before the first accept. */
  current(): AcceptedRules | null;
  /** Throws an OperationError when the accepted content can't be read as rules by this version. */
  of(hash: string): AcceptedRules;
  /** The folder with the accepted copies of the files; verified at every call. */
  snapshot(accepted: AcceptedRules): Promise<string>;
}

export function createRulesInForce(
  store: Store,
  place: { readonly stateDir: string; readonly projectDir: string },
): RulesInForce {
  const known = new Map<string, AcceptedRules>();

  const of = (hash: string): AcceptedRules => {
    const kept = known.get(hash);
    if (kept !== undefined) return kept;
    const read = readAccepted(store, hash);
    known.set(hash, read);
    return read;
  };

  return {
    of,
    current() {
      const hash = readMeta(store, 'rules_hash');
      return hash === null ? null : of(hash);
    },
    snapshot: (accepted) => materialize({ ...place, bundle: accepted.bundle }),
  };
}

function readAccepted(store: Store, hash: string): AcceptedRules {
  const bundle = makeBundle(
    readRuleFiles(store, hash).map(({ path, executable, content }) => [
      path,
      { bytes: content, mode: executable === 0 ? 0 : EXECUTABLE },
    ]),
  );
  const parsed = parseRules(bundle);
  if (bundle.hash === hash && parsed.result === 'rules') return { rules: parsed.rules, bundle };
  const why =
    parsed.result === 'invalid'
      ? (parsed.problems[0]?.message ?? 'not valid')
      : 'its content does not have its hash';
  throw new OperationError({
    op: 'read the accepted rules',
    code: 'rules_unreadable',
    message: `the rules in force (${hash.slice(0, 12)}) can't be read: ${why}`,
    hint: 'look at the files of the project and accept them again with `governed-agents accept`',
  });
}
