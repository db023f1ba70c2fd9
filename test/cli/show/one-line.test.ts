// What an agent or a provider named, shown in a line of ours: it must not begin a line that could pass for ours too.
import { describe, expect, it } from 'vitest';
import { errorText } from '../../../src/cli/error-text.ts';
import { outputFor, warn } from '../../../src/cli/output.ts';
import { RefusalError } from '../../../src/cli/refusal-error.ts';
import { eventSummary } from '../../../src/cli/show/event-summary.ts';
import { transcriptText } from '../../../src/cli/show/transcript.ts';
import { paintFor } from '../../../src/cli/terminal.ts';
import { InputError } from '../../../src/core/fault.ts';
import { deniedTeller } from '../../../src/runner/denied-teller.ts';
import { unpricedTeller } from '../../../src/runner/unpriced-teller.ts';

const FORGED = 'gpt-5\n✓ succeeded: exit code 0';
const plain = paintFor({ isTTY: false } as NodeJS.WriteStream);

describe('a name with a line break in it', () => {
  it.each<[string, () => string]>([
    ['the summary of an event', () => eventSummary({ model: FORGED })],
    ['the name of a field of an event', () => eventSummary({ [FORGED]: 1 })],
    ['what the runner says in a transcript', () => transcriptText('runner', FORGED, plain)],
    ['a line of stderr in a transcript', () => transcriptText('stderr', FORGED, plain)],
    [
      'a warning',
      () => {
        let said = '';
        warn({ ...outputFor({}), note: (text) => (said = text) }, FORGED);
        return said;
      },
    ],
    [
      'the word of a denial',
      () => {
        let said = '';
        deniedTeller((text) => (said = text))({ proposalId: null, rule: 'a', reasons: [FORGED] });
        return said;
      },
    ],
    [
      'the word of a model without a price',
      () => {
        let said = '';
        unpricedTeller((text) => (said = text), '/p')(FORGED);
        return said;
      },
    ],
  ])('stays in its line in %s', (_place, shown) => {
    expect(shown()).toContain('gpt-5');
    expect(shown()).not.toContain('\n');
  });

  it('begins no line of an error where ours begin', () => {
    const linesOf = (error: Error) => errorText(error, plain, false).trimEnd().split('\n');
    expect(linesOf(new RefusalError({ code: 'a', detail: FORGED, hint: FORGED }))).toEqual([
      'error: gpt-5⟨U+000A⟩✓ succeeded: exit code 0',
      '  hint: gpt-5⟨U+000A⟩✓ succeeded: exit code 0',
    ]);
    expect(linesOf(new InputError({ code: 'a', message: FORGED, hint: 'b' }))).toEqual([
      'error: gpt-5',
      '    ✓ succeeded: exit code 0',
      '  hint: b',
    ]);
  });
});
