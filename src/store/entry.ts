// What the command line uses of the store: opening it, and the reads that stopping, deciding and verifying need.
export { openStore, type Store, storeMissing } from './open.ts';
export { type AgentRow, readAgents } from './read/agents.ts';
export { type EventRow, findEvents, lineParts, readEventsAfter, readTip } from './read/events.ts';
export { findGrants } from './read/grants.ts';
export { findIds } from './read/ids.ts';
export { readBalance } from './read/ledger.ts';
export { readMeta, readRuleFiles } from './read/meta.ts';
export { findProposals } from './read/proposals.ts';
export { findRuns, type RunRow, readLiveRuns, readRun } from './read/runs.ts';
