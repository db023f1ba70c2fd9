// How much harm an agent could do, in the operator's own judgement.

export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof RISKS)[number];
