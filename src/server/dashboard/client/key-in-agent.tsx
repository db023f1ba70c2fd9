// Said of agents and runs whose model calls go out with a login of their own: the agent has it, and what the calls cost is counted at list
// price. A subscription is not billed by the call; an API key that `codex login` keeps is.
import { Badge } from './badges.tsx';

export function KeyInAgent(props: { readonly has: boolean }) {
  if (!props.has) return null;
  return (
    <Badge
      tone="warn"
      text="key in agent"
      title="It has the login that its model calls go out with. What they cost is notional: counted at list price, and its caps hold all the same."
    />
  );
}
