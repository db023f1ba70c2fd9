// The states of a proposal, in the order in which one can pass through them.

export const PROPOSAL_STATUSES = [
  'pending',
  'approved',
  'auto-approved',
  'rejected',
  'denied',
  'expired',
  'cancelled',
  'executing',
  'executed',
  'failed',
  'unknown',
] as const;

export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];
