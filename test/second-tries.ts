// Names each test that passed only when it was tried again, with what it met the first time: on a machine that others use
// one of thousands may meet a stall, and one that does so twice is a defect to mend, not a number to forget.
import type { Reporter, TestModule } from 'vitest/node';

export default class SecondTries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky = modules
      .flatMap((module) => [...module.children.allTests('passed')])
      .filter((test) => test.diagnostic()?.flaky === true);
    if (flaky.length === 0) return;
    console.log(`passed only when tried again: ${flaky.length}`);
    for (const test of flaky) {
      console.log(`  ${test.module.relativeModuleId} > ${test.fullName}`);
      for (const { message } of test.result().errors ?? []) console.log(`    ${message}`);
    }
  }
}
