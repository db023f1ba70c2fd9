// Tells whoever watches a run, once a model, that its calls count as dear as they could be, and where that is changed.
import { join } from 'node:path';
import { visibleLine } from '../core/visible-text.ts';
import { firstOfEach } from './first-of-each.ts';

export function unpricedTeller(
  notice: (message: string) => void,
  projectDir: string,
): (model: string) => void {
  const isNew = firstOfEach();
  return (model) => {
    if (!isNew(model)) return;
    const where = join(projectDir, 'governed.toml');
    notice(
      visibleLine(
        `${model} has no price: its calls are metered at the dearest that \`governed-agents prices\` shows. Give it its own with [prices.${JSON.stringify(model)}] in ${where}, then \`governed-agents accept\``,
      ),
    );
  };
}
