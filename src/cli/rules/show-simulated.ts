// What an edit would have changed in the recent past, for who is about to accept it. A replay that fails is said and stops nothing: the
// files themselves are valid.
import { join } from 'node:path';
import { type Bundle, parseRules } from '../../config/rules-entry.ts';
import type { Rules } from '../../core/rules/rules.ts';
import { EDIT_BOUND, simulateEdit } from '../../governor/entry.ts';
import { toWireSimulated } from '../../server/wire/simulation.ts';
import { errorText } from '../error-text.ts';
import { type Output, warn } from '../output.ts';
import { progressOn } from '../progress.ts';
import type { Project } from '../project.ts';
import { RulesInvalidError } from '../refusal-error.ts';
import { simulatedSummary } from '../show/simulated.ts';
import { openForReading } from '../state.ts';

export async function showSimulated(
  project: Project,
  output: Output,
  inForce: Bundle,
  changed: Rules,
): Promise<void> {
  const progress = progressOn(process.stderr, 'replaying what was done');
  try {
    const parsed = parseRules(inForce);
    if (parsed.result === 'invalid') throw new RulesInvalidError(parsed.problems);
    const { rules } = parsed;
    const store = openForReading(project);
    try {
      const found = await simulateEdit(
        {
          store,
          inForce: rules,
          changed,
          agentDirOf: (agentId) => join(project.dir, 'agents', agentId),
          mostExamples: 0,
          onProgress: progress.show,
        },
        Date.now(),
      );
      progress.clear();
      const wire = toWireSimulated(found, { inForce: rules.hash, changed: changed.hash });
      output.line(`${simulatedSummary(wire, EDIT_BOUND, output.paint)}\n`);
    } finally {
      store.close();
    }
  } catch (error) {
    progress.clear();
    warn(output, 'what these rules would have changed can’t be told:');
    output.note(errorText(error, output.paintErr, false).trimEnd());
  }
}
