// Runs a policy's own [[test]] cases, with the detector where a rule asks for it.
import type { PolicyRules } from '../../core/policy/policy-rules.ts';
import { type PolicyTestResult, runPolicyTests } from '../../core/policy/policy-test.ts';
import { loadDetector } from './detector.ts';

export async function runCases(policy: PolicyRules): Promise<readonly PolicyTestResult[]> {
  if (policy.tests.length === 0) return [];
  return runPolicyTests(policy, policy.rules.usesDetector ? await loadDetector() : null);
}
