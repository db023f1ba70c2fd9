// Rules and agents that look at everything there is: payloads, texts, times, rates, money, caps, runs, risk and tool lists.
import { agentRules } from '../fixture.ts';

export const POLICY = `
[defaults]
effect = "allow"
timeout = "10m"
[auto_approve]
action_types = ["research_only"]
[never_auto_approve]
action_types = ["send_email"]
[[rule]]
name = "big"
effect = "require_approval"
severity = "high"
when = { action = "refund_payment", payload.amount = { gt = 100 } }
approval = { timeout = "1h" }
[[rule]]
name = "no-data-out"
effect = "deny"
when = { action = { in = ["send_email", "note"] }, payload.body = { detects = "pii" } }
[[rule]]
name = "office-hours"
effect = "deny"
when = { action = "deploy_service", time = { outside = "Mon-Fri 09:00-17:00 UTC" } }
[[rule]]
name = "rate"
effect = "deny"
when = { action = { in = ["note", "tool:Read", "llm_call", "run_start"] }, rate = { over = 4, per = "1m", by = "agent" } }
[[rule]]
name = "spend"
effect = "deny"
when = { action = "refund_payment", spend = { over_usd = 0.02, per = "1h", by = "agent" } }
unless = { agent.labels.role = "admin" }
[[rule]]
name = "near-cap"
effect = "require_approval"
when = { action = { in = ["note", "tool:Bash"] }, budget.used_pct = { gte = 50 } }
[[rule]]
name = "production"
effect = "deny"
when = { action = { in = ["deploy_service", "tool:Read"] }, resource = { starts_with = "production/" } }
[[rule]]
name = "busy"
effect = "require_approval"
when = { action = "note", run.pending = { gte = 3 } }
[[rule]]
name = "no-bash-for-clerks"
effect = "deny"
when = { tool = "Bash", resource = { contains = "rm" }, agent.risk = "high" }
[[rule]]
name = "no-data-in"
effect = "deny"
when = { action = "tool:Read", payload = { detects = "pii" } }
[[rule]]
name = "look-at-data"
effect = "require_approval"
when = { tool = "WebFetch", resource = { starts_with = "https://" }, payload.body = { exists = true, detects = "pii" } }
[[rule]]
name = "dear-calls"
effect = "deny"
when = { action = "llm_call", cost_usd = { gt = 0.012 } }
`;

const tools = { allow: ['Read', 'Bash(npm *)'], requireApproval: ['WebFetch'], deny: ['Bash(sudo *)'] };
const caps = (limit: number) => ({
  caps: [
    { period: 'run', unit: 'usd', limit } as const,
    { period: 'total', unit: 'tool_calls', limit: 4 } as const,
  ],
  warnAt: [],
  onCap: 'pause' as const,
});
export const AGENTS = [
  agentRules({ id: 'clerk', risk: 'high', tools, labels: { role: 'clerk' }, budget: caps(30_000) }),
  agentRules({
    id: 'boss',
    risk: 'low',
    tools,
    labels: { role: 'admin' },
    budget: caps(60_000),
    models: ['m*'],
  }),
  agentRules({
    id: 'payer',
    risk: 'medium',
    tools,
    may: { pay: 'deny' },
    budget: caps(10_000_000),
    concurrent: 1,
  }),
];
