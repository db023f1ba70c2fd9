// What the command line uses of the one write path: making a state, accepting rules, and stopping while no server answers.
export { acceptRules } from './accept-rules.ts';
export { createState } from './create-state.ts';
export { createGovernor, type Governor } from './governor.ts';
export { runScope } from './ledger/spend-scope.ts';
export { runCases } from './policy/run-cases.ts';
export type { Refused } from './refusal.ts';
export { simulate } from './simulate/simulate.ts';
export { EDIT_BOUND, simulateEdit } from './simulate/simulate-edit.ts';
export { killAgent } from './stop/kill-agent.ts';
export { killRun } from './stop/kill-run.ts';
export { setKillSwitch } from './stop/kill-switch.ts';
export { pauseAgent } from './stop/pause-agent.ts';
export { pauseAll } from './stop/pause-all.ts';
export { pauseRun } from './stop/pause-run.ts';
export { resumeAgent, resumeAll } from './stop/resume-agent.ts';
export { resumeRun } from './stop/resume-run.ts';
export type { Transaction } from './transaction.ts';
