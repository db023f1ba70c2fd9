// What the command line uses of the store: opening it, and the reads that stopping, deciding and verifying need.
export { type OpenOptions, openStore, type Store } from './open.ts';
export { type AgentRow, readAgent, readAgents } from './read/agents.ts';
export {
  type ChainTip,
  type EventFilter,
  type EventRow,
  findEvents,
  lineParts,
  readEventsAfter,
  readTip,
} from './read/events.ts';
export { type KillSwitch, readKillSwitch, readMeta, readRuleFiles, readRuleSet } from './read/meta.ts';
export { findProposalIds, findProposals, type ProposalRow, readProposal } from './read/proposals.ts';
export {
  findRunIds,
  findRuns,
  type RunRow,
  readLiveRuns,
  readLiveRunsOfAgent,
  readRun,
} from './read/runs.ts';
