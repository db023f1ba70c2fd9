// policy test: the [[test]] cases of policy.toml as it is on disk, or of another file in its place.
import { readBundle } from '../../config/rules-entry.ts';
import { runCases } from '../../governor/entry.ts';
import { toWireCase } from '../../server/wire/policy-cases.ts';
import { EXIT } from '../exit-code.ts';
import type { Output } from '../output.ts';
import type { Project } from '../project.ts';
import { casesText } from '../show/policy-cases.ts';
import { rulesOf, withPolicy } from './other-policy.ts';

export async function testPolicy(project: Project, output: Output, file: string | undefined): Promise<void> {
  const onDisk = await readBundle(project.dir);
  const bundle = file === undefined ? onDisk : await withPolicy(onDisk, file);
  const { policy } = rulesOf(bundle, file);
  const cases = (await runCases(policy)).map(toWireCase);
  const failed = cases.filter(({ passed }) => !passed).length;
  const shown = file ?? 'policy.toml';
  output.data({ ok: failed === 0, file: shown, passed: cases.length - failed, failed, cases });
  if (!output.json) output.line(casesText(shown, cases, output.paint));
  if (failed > 0) process.exitCode = EXIT.failed;
}
