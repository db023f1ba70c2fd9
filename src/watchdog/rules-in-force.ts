// The rules that the watchdog goes by: what was accepted, made from the stored files once for each hash. When they can't be made,
// stopping must still work, so that bare rules stand in: the default thresholds, no caps, nothing approved.
import { makeBundle } from '../config/files/bundle.ts';
import { parseRules } from '../config/rules/parse-rules.ts';
import { NO_RULES } from '../core/policy/rule-set.ts';
import type { Rules } from '../core/rules/rules.ts';
import { DEFAULT_WATCH_RULES } from '../core/watch/watch-rules.ts';
import type { Store } from '../store/open.ts';
import { readMeta, readRuleFiles } from '../store/read/meta.ts';
import { inWords, type Notices } from './notices.ts';

export interface RulesInForce {
  of(store: Store, hash: string): Rules;
  current(store: Store): Rules;
}

const EXECUTABLE_MODE = 0o111;

export function createRulesInForce(notices: Notices): RulesInForce {
  let known: Rules = bareRules('');
  const of = (store: Store, hash: string): Rules => {
    if (known.hash === hash) return known;
    const problem = (text: string): void =>
      notices.begin(
        `rules ${hash}`,
        `the accepted rules can't be read (${text}); watching with the default thresholds and no caps: accept a valid set with \`governed-agents accept\``,
      );
    const parsed = parseRules(
      makeBundle(
        readRuleFiles(store, hash).map((file) => [
          file.path,
          { bytes: file.content, mode: file.executable === 0 ? 0 : EXECUTABLE_MODE },
        ]),
      ),
    );
    if (parsed.result === 'rules') {
      known = { ...parsed.rules, hash };
    } else {
      problem(parsed.problems[0] === undefined ? 'they are empty' : inWords(parsed.problems[0]));
      known = bareRules(hash);
    }
    return known;
  };
  return {
    of,
    current(store) {
      const hash = readMeta(store, 'rules_hash');
      return hash === null ? bareRules('') : of(store, hash);
    },
  };
}

function bareRules(hash: string): Rules {
  return {
    hash,
    projectId: '',
    timezone: 'UTC',
    port: 0,
    policy: {
      defaultEffect: 'deny',
      timeoutMs: 0,
      autoApprove: new Set(),
      neverAutoApprove: new Set(),
      rules: NO_RULES,
      tests: [],
    },
    projectBudget: { caps: [], warnAt: [], onCap: 'pause' },
    groups: new Map(),
    prices: { unknownModel: 'refuse', models: new Map() },
    concurrentRuns: 0,
    watch: DEFAULT_WATCH_RULES,
    includeContent: false,
    agents: new Map(),
    executors: new Map(),
    providers: new Map(),
    freeFields: [],
    notify: null,
  };
}
