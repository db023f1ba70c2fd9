// Groups of runs that share caps: how each stands against them.
import type { WireGroup } from '../../wire/record.ts';
import type { Board } from './board.ts';
import { CapList } from './cap-list.tsx';
import { capWords } from './cap-words.ts';
import { formatCount, formatSpent } from './money.ts';

export function Groups(props: { readonly board: Board; readonly groups: readonly WireGroup[] }) {
  const { board, groups } = props;
  if (groups.length === 0) return null;
  return (
    <section class="groups" aria-labelledby="groups-title">
      <h3 id="groups-title">
        Groups <span class="count">{groups.length}</span>
      </h3>
      <ul>
        {groups.map((group) => (
          <li key={group.group} class="group">
            <p>
              <strong>{group.group}</strong>{' '}
              <span class="muted">
                {formatSpent(group.spent_micro_usd)} in all, {formatCount(group.runs_live)} live{' '}
                {group.runs_live === 1 ? 'run' : 'runs'}
              </span>
            </p>
            <CapList
              board={board}
              rows={group.tiers.map((tier) => ({
                key: `${tier.tier} ${tier.unit}`,
                tier,
                name: capWords(tier),
                of: null,
                isCounted: tier.tier !== 'call',
                runId: null,
                holder: { kind: 'group', group: group.group },
              }))}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
