// Tells whoever watches a run, once a model, that one without a price answered in the place of the one that was asked for.
import { join } from 'node:path';
import { visibleLine } from '../core/visible-text.ts';
import type { WireStandIn } from '../server/wire/run.ts';
import { firstOfEach } from './first-of-each.ts';

export function standInTeller(
  notice: (message: string) => void,
  projectDir: string,
): (standIn: WireStandIn) => void {
  const isNew = firstOfEach();
  return ({ asked, answered_by: model, at_dearest_price: isAtDearest }) => {
    if (!isNew(model)) return;
    const booked =
      isAtDearest === true
        ? 'at the dearest price that `governed-agents prices` shows. Give it its own'
        : `at the price of ${asked}. Should it cost more, give it its own`;
    const where = join(projectDir, 'governed.toml');
    notice(
      visibleLine(
        `${model} answered where ${asked} was asked for, and has no price: its calls are booked ${booked} with [prices.${JSON.stringify(model)}] in ${where}, then \`governed-agents accept\``,
      ),
    );
  };
}
