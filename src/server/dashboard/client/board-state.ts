// Everything the page shows, as one immutable value.
import type { WireGrant } from '../../wire/grant.ts';
import type { WireProblem } from '../../wire/problem.ts';
import type { WireProposal } from '../../wire/proposal.ts';
import type { WireEvent, WireRun, WireScoreboard, WireStatus } from '../../wire/record.ts';
import type { WireSpend } from '../../wire/spend.ts';
import type { LinkPhase } from './live-stream.ts';
import type { Queue } from './queue.ts';
import type { RuleChanges } from './rule-changes-shape.ts';
import type { SpendPer } from './spend-history.ts';

export interface BoardState {
  readonly link: LinkPhase;
  readonly status: WireStatus | null;
  /** When the server last answered, by this browser's clock. */
  readonly answeredAtMs: number;
  /** Server's clock minus this browser's: expiry is counted on the server's. */
  readonly skewMs: number;
  readonly queue: Queue;
  readonly queueLoaded: boolean;
  readonly selectedId: string | null;
  readonly unknown: readonly WireProposal[];
  readonly recent: readonly WireProposal[];
  readonly scoreboard: WireScoreboard | null;
  /** What is shown; what was read may be of the other for a moment. */
  readonly spendPer: SpendPer;
  readonly spend: WireSpend | null;
  /** Agents whose caps are shown, and the one that they were just asked of. */
  readonly shownCaps: ReadonlySet<string>;
  readonly wantedCaps: string | null;
  /** The newest that live, and the newest of all. */
  readonly liveRuns: readonly WireRun[];
  readonly runs: readonly WireRun[];
  readonly events: readonly WireEvent[];
  readonly changes: RuleChanges | null;
  readonly grants: readonly WireGrant[];
  /** The hash of each payload that was on screen to its end, and is the one that its hash names. */
  readonly seen: ReadonlyMap<string, string>;
  /** Chosen to be decided together, each with the hash that was seen. */
  readonly picked: ReadonlyMap<string, string>;
  /** Decisions that did not count, by proposal: what the server said of the last one. */
  readonly refused: ReadonlyMap<string, WireProblem>;
  /** What last went wrong when reading, by resource. */
  readonly troubles: ReadonlyMap<string, WireProblem>;
  /** Said aloud by screen readers. */
  readonly announcement: string;
}

export const emptyBoard: BoardState = {
  link: { phase: 'connecting' },
  status: null,
  answeredAtMs: 0,
  skewMs: 0,
  queue: [],
  queueLoaded: false,
  selectedId: null,
  unknown: [],
  recent: [],
  scoreboard: null,
  spendPer: 'hour',
  spend: null,
  shownCaps: new Set(),
  wantedCaps: null,
  liveRuns: [],
  runs: [],
  events: [],
  changes: null,
  grants: [],
  seen: new Map(),
  picked: new Map(),
  refused: new Map(),
  troubles: new Map(),
  announcement: '',
};
