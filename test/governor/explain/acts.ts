// What random agents and operators do, in an order that says nothing: actions of every sort, grants, decisions, stops and waits.
import fc from 'fast-check';

const nth = fc.nat({ max: 7 });
const amount = fc.constantFrom(5, 100, 100.5, '500', null);
const body = fc.constantFrom('hello', 'hello', 'hello', 'write to ada@example.org', undefined);
const resource = fc.constantFrom('production/db', 'staging/db', undefined);
const cost = fc.constantFrom(null, 0, 2_000, 9_000, 40_000);
const propose = fc.tuple(
  fc.constant('propose' as const),
  nth,
  fc.constantFrom('refund_payment', 'note', 'send_email', 'research_only', 'deploy_service', 'charge_card'),
  fc.record({ amount, body, resource }, { requiredKeys: ['body'] }),
  cost,
  fc.constantFrom(null, null, null, null, false),
  fc.constantFrom(null, null, null, null, null, true, false),
);
const toolCall = fc.tuple(
  fc.constant('tool' as const),
  nth,
  fc.constantFrom(
    ['Read', { file_path: 'a.txt' }] as const,
    ['Read', { file_path: 'production/key' }] as const,
    ['Bash', { command: 'npm test' }] as const,
    ['Bash', { command: 'rm -r x' }] as const,
    ['Bash', { command: 'sudo id' }] as const,
    ['WebFetch', { url: 'https://example.org/' }] as const,
    ['Other', {}] as const,
  ),
);
const other = fc.oneof(
  fc.tuple(
    fc.constant('call' as const),
    nth,
    fc.constantFrom('m', 'dear', 'unknown'),
    fc.constantFrom(100, 1_500),
  ),
  fc.tuple(fc.constant('start' as const), nth),
  fc.tuple(
    fc.constant('result' as const),
    nth,
    fc.constantFrom('fine', 'ada@example.org', { body: 'ada@example.org' }, null),
  ),
  fc.tuple(
    fc.constant('grant' as const),
    nth,
    fc.constantFrom('send_email', 'note', 'tool:WebFetch', 'refund_payment'),
  ),
  fc.tuple(fc.constant('reject' as const), nth),
  fc.tuple(fc.constant('approve' as const), nth),
  fc.tuple(
    fc.constant('stop' as const),
    fc.constantFrom('pause', 'resume', 'resume', 'resume', 'end', 'switch', 'off'),
    nth,
  ),
  fc.tuple(
    fc.constant('wait' as const),
    fc.constantFrom(1_000, 1_000, 20_000, 70_000, 3_600_000, 60_000_000),
  ),
);

type Of<T> = T extends fc.Arbitrary<infer Value> ? Value : never;
export type Propose = Of<typeof propose>;
export type CallTool = Of<typeof toolCall>;
export type Act = Propose | CallTool | Of<typeof other>;

export const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: propose },
    { weight: 3, arbitrary: toolCall },
    { weight: 3, arbitrary: other },
  ),
  { minLength: 40, maxLength: 90 },
);
