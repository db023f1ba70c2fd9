// What lets something go on that stands paused, behind the reason that it stands for.
import { visibleLine } from '../../core/visible-text.ts';

export interface Standing {
  readonly reason: string | null;
  readonly source: string | null;
  /** Of the run, or of the agent. */
  readonly id: string;
  readonly agent_id: string;
}

/** Nothing where the reason says it already, or where it goes on by itself when somebody supervises it again. */
export function wayOn({ reason, source, id, agent_id: agentId }: Standing): string {
  if (source === 'supervisor' || reason?.includes('governed-agents budget raise') === true) return '';
  return ` · \`governed-agents resume ${visibleLine(source === 'agent' ? agentId : id)}\` lets it go on`;
}
