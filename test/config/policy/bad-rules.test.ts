import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemsOf, rulesOf } from '../bundle-of.ts';

/** What stands in a rule beside its name, then the line, the code, a part of the message and of the hint. */
const BAD_RULES: readonly (readonly [string, number, string, string, string])[] = [
  ['', 2, 'invalid_setting', 'rule[0].effect is missing', 'require_approval'],
  ['effect = "deny"', 1, 'invalid_setting', 'rule[0].when is missing', '[defaults]'],
  [
    'effect = "refuse"\nwhen = { action = "x" }',
    3,
    'invalid_setting',
    'rule[0].effect must be one of',
    'quotes',
  ],
  ['effect = "deny"\nwhen = {}', 4, 'invalid_setting', 'rule[0].when has no conditions', 'action'],
  ['effect = "deny"\nwhen = "x"', 4, 'invalid_setting', 'must be a table of conditions', 'action'],
  [
    'effect = "deny"\nwhen = { action = "x" }\nwhenn = 1',
    5,
    'unknown_key',
    'rule[0].whenn',
    'did you mean when?',
  ],
  [
    'effect = "deny"\nwhen = { action = "x" }\nseverity = "huge"',
    5,
    'invalid_setting',
    'severity must be one of',
    'low',
  ],
  [
    'effect = "deny"\nwhen = { actoin = "x" }',
    4,
    'unknown_key',
    'rule[0].when.actoin',
    'did you mean action?',
  ],
  ['effect = "deny"\nwhen = { action = 5 }', 4, 'invalid_setting', 'must be text, not 5', 'quotes'],
  ['effect = "deny"\nwhen = { action = ["x"] }', 4, 'invalid_setting', 'must be text, a number', 'in = ['],
  [
    'effect = "deny"\nwhen = { action = "send mail" }',
    4,
    'invalid_setting',
    'no name of an action',
    'letters',
  ],
  [
    'effect = "deny"\nwhen = { agent.risk = "hgih" }',
    4,
    'invalid_setting',
    'is never "hgih"',
    'did you mean "high"?',
  ],
  [
    'effect = "deny"\nwhen = { agent.risk = { in = ["low", "grave"] } }',
    4,
    'invalid_setting',
    'is never "grave"',
    'critical',
  ],
  ['effect = "deny"\nwhen = { agent.name = "x" }', 4, 'unknown_key', 'rule[0].when.agent.name', 'agent.id'],
  [
    'effect = "deny"\nwhen = { payload.amount = { gtt = 1 } }',
    4,
    'unknown_key',
    'payload.amount.gtt is not a known operator',
    'did you mean gt?',
  ],
  [
    'effect = "deny"\nwhen = { payload.amount = { over = 1 } }',
    4,
    'unknown_key',
    'is not a known operator',
    'payload.amount.over.eq',
  ],
  [
    'effect = "deny"\nwhen = { agent.risk = { like = "x" } }',
    4,
    'unknown_key',
    'is not a known operator',
    'operators: eq',
  ],
  [
    'effect = "deny"\nwhen = { payload.amount = { gt = "1" } }',
    4,
    'invalid_setting',
    'must be a number, not "1"',
    'without quotes',
  ],
  [
    'effect = "deny"\nwhen = { payload.amount = { gt = nan } }',
    4,
    'invalid_setting',
    'must be a number',
    'without quotes',
  ],
  [
    'effect = "deny"\nwhen = { payload.amount = { in = [1, "a"] } }',
    4,
    'invalid_setting',
    'texts only, or numbers only',
    '[',
  ],
  [
    'effect = "deny"\nwhen = { payload.amount = { in = [] } }',
    4,
    'invalid_setting',
    'must be a list of values',
    '[',
  ],
  ['effect = "deny"\nwhen = { payload.amount = {} }', 4, 'invalid_setting', 'has no condition', 'gt'],
  [
    'effect = "deny"\nwhen = { payload.amount = { exists = "yes" } }',
    4,
    'invalid_setting',
    'must be true or false',
    'without quotes',
  ],
  [
    'effect = "deny"\nwhen = { payload = "x" }',
    4,
    'invalid_setting',
    "can't be asked of payload",
    'payload.NAME',
  ],
  [
    'effect = "deny"\nwhen = { payload = { contains = "x" } }',
    4,
    'invalid_setting',
    "can't be asked of payload",
    'payload.contains.eq',
  ],
  [
    'effect = "deny"\nwhen = { payload.a = { detects = "names" } }',
    4,
    'invalid_setting',
    '"pii" or "secret"',
    'pii',
  ],
  ['effect = "deny"\nwhen = { payload.a = 1979-05-27 }', 4, 'invalid_setting', 'not a date', 'in = ['],
  [
    'effect = "deny"\nwhen = { cost_usd = { contains = "5" } }',
    4,
    'invalid_setting',
    "can't be asked of cost_usd",
    'it is a number',
  ],
  [
    'effect = "deny"\nwhen = { agent.id = { gt = 5 } }',
    4,
    'invalid_setting',
    "can't be asked of agent.id",
    'it is text',
  ],
  [
    'effect = "deny"\nwhen = { payload.a = { within = "Mon" } }',
    4,
    'invalid_setting',
    "can't be asked of payload.a",
    'only time',
  ],
  [
    'effect = "deny"\nwhen = { time = "Mon-Fri" }',
    4,
    'invalid_setting',
    "can't be asked of time",
    'within and outside',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = "Mon-Fri 09:00-25:00" } }',
    4,
    'invalid_setting',
    'impossible time',
    'Mon-Fri',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = "Mon-Fri 09:60-17:00" } }',
    4,
    'invalid_setting',
    'impossible time',
    'Mon-Fri',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = "Mon-Fri 24:00-09:00" } }',
    4,
    'invalid_setting',
    'impossible time',
    'Mon-Fri',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = "Mon-Fri 09:00-09:00" } }',
    4,
    'invalid_setting',
    'ends when it begins',
    'Mon-Fri',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = "Mon-Fry 09:00-17:00" } }',
    4,
    'invalid_setting',
    'names no days',
    'Mon-Fri',
  ],
  ['effect = "deny"\nwhen = { time = { within = "9-5" } }', 4, 'invalid_setting', 'are no hours', 'Mon-Fri'],
  [
    'effect = "deny"\nwhen = { time = { within = "Mon 09:00-17:00 Europe/Berlim" } }',
    4,
    'invalid_setting',
    'no time zone',
    'Europe/Berlin',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = "2026-02-30..2026-03-01 UTC" } }',
    4,
    'invalid_setting',
    '"2026-02-30" is no date',
    '..',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = "2026-03-02..2026-03-01" } }',
    4,
    'invalid_setting',
    'ends before it begins',
    '..',
  ],
  [
    'effect = "deny"\nwhen = { time = { within = [] } }',
    4,
    'invalid_setting',
    'names no time window',
    'Mon-Fri',
  ],
  [
    'effect = "deny"\nwhen = { payload.a = { matches = \'(a\' } }',
    4,
    'invalid_setting',
    'missing closing )',
    'RE2',
  ],
  [
    'effect = "deny"\nwhen = { payload.a = { matches = \'(a+)\\1\' } }',
    4,
    'invalid_setting',
    'invalid escape',
    'back-references',
  ],
  [
    'effect = "deny"\nwhen = { payload.a = { matches = \'a(?=b)\' } }',
    4,
    'invalid_setting',
    'unsupported',
    'look-around',
  ],
  [
    'effect = "deny"\nwhen = { payload.a = { matches = \'((a{100}){100}){100}\' } }',
    4,
    'invalid_setting',
    'repeat count',
    'repetitions',
  ],
  [
    'effect = "deny"\nwhen = { payload.a = { matches = \'(\\pL{900}){1,1}|(\\pN{900}){1,1}|(\\pS{900}){1,1}\' } }',
    4,
    'invalid_setting',
    'repeats too much',
    'repetitions',
  ],
  ['effect = "deny"\nwhen = { rate = 60 }', 4, 'invalid_setting', 'must be a table, not 60', 'over = 60'],
  ['effect = "deny"\nwhen = { rate = { over = 60 } }', 4, 'invalid_setting', 'rate.per is missing', 'unit'],
  [
    'effect = "deny"\nwhen = { rate = { over = -1, per = "1m" } }',
    4,
    'invalid_setting',
    'rate.over must be a whole number',
    'without quotes',
  ],
  [
    'effect = "deny"\nwhen = { rate = { over = 1, per = "90d" } }',
    4,
    'invalid_setting',
    'from 1s to 31d',
    '1m',
  ],
  [
    'effect = "deny"\nwhen = { rate = { over = 1, per = "1m", by = "run" } }',
    4,
    'invalid_setting',
    'rate.by must be one of',
    'agent',
  ],
  [
    'effect = "deny"\nwhen = { rate = { ovr = 1, over = 1, per = "1m" } }',
    4,
    'unknown_key',
    'rate.ovr',
    'did you mean over?',
  ],
  [
    'effect = "deny"\nwhen = { spend = { over_usd = "1", per = "1d" } }',
    4,
    'invalid_setting',
    'spend.over_usd must be an amount',
    'currency',
  ],
  [
    'effect = "deny"\nwhen = { spend = { over_usd = 1, per = "1s" } }',
    4,
    'invalid_setting',
    'from 5m to 31d',
    '1d',
  ],
  [
    'effect = "deny"\nwhen = { spend = { over_usd = 1, over = 1, per = "1d" } }',
    4,
    'invalid_setting',
    'means the same',
    'leave one',
  ],
  [
    'effect = "deny"\nwhen = { action = { matches = "a" }, rate = { over = 1, per = "1m" } }',
    4,
    'invalid_setting',
    'which actions its rate counts',
    'starts_with',
  ],
  [
    'effect = "allow"\nwhen = { action = "x", rate = { over = 1, per = "1m" } }',
    4,
    'invalid_setting',
    'more pass the more was done',
    'under unless',
  ],
  [
    'effect = "deny"\nwhen = { action = "x" }\nunless = { spend = { over_usd = 1, per = "1d" } }',
    5,
    'invalid_setting',
    'more pass the more was done',
    'under when',
  ],
  [
    'effect = "deny"\nwhen = { action = "x" }\napproval = { timeout = "1h" }',
    5,
    'invalid_setting',
    'has no meaning for effect = "deny"',
    'require_approval',
  ],
  [
    'effect = "require_approval"\nwhen = { action = "x" }\napproval = { timeout = "soon" }',
    5,
    'invalid_setting',
    'approval.timeout must be a time',
    'unit',
  ],
  [
    'effect = "require_approval"\nwhen = { action = "x" }\napproval = { approvals = 2 }',
    5,
    'not_available_yet',
    'approval.approvals',
    'leave it out',
  ],
  [
    'effect = "require_approval"\nwhen = { action = "x" }\napproval = { approvers = ["a"] }',
    5,
    'not_available_yet',
    'approval.approvers',
    'leave it out',
  ],
  [
    'effect = "require_approval"\nwhen = { action = "x" }\napproval = { presence = true }',
    5,
    'not_available_yet',
    'approval.presence',
    'leave it out',
  ],
  [
    'effect = "require_approval"\nwhen = { action = "x" }\napproval = { notify = ["a"] }',
    5,
    'not_available_yet',
    'approval.notify',
    'leave it out',
  ],
  [
    'effect = "deny"\nwhen = { action = "x" }\napprovers = ["a"]',
    5,
    'not_available_yet',
    'rule[0].approvers',
    'leave it out',
  ],
];

describe('a rule that is wrong', () => {
  it.each(BAD_RULES)('with %j is an error on line %i: %s', (text, line, code, message, hint) => {
    const problems = problemsOf({ 'policy.toml': `[[rule]]\nname = "x"\n${text}\n` });
    const found = problems.filter((each) => each.code === code && each.message.includes(message));
    expect(found, JSON.stringify(problems)).toHaveLength(1);
    expect(found[0]?.path).toBe('policy.toml');
    expect(found[0]?.line).toBe(
      text === '' || message.endsWith('effect is missing') || message.includes('when is missing')
        ? found[0]?.line
        : line,
    );
    expect(found[0]?.hint).toContain(hint);
  });

  it.each([
    '',
    'name = ""',
    'name = "a b"',
    'name = 5',
    `name = "${'x'.repeat(65)}"`,
    'name = "defaults"',
    'name = "final_rejection"',
  ])('needs a name of its own: %j', (name) => {
    const problems = problemsOf({
      'policy.toml': `[[rule]]\n${name}\neffect = "deny"\nwhen = { action = "x" }`,
    });
    expect(problems.map(({ message }) => message).join()).toContain('rule[0].name');
  });

  it('is told to want two pairs of brackets', () => {
    const [problem] = problemsOf({ 'policy.toml': '[rule]\nname = "x"\n' });
    expect(problem).toMatchObject({ line: 1, message: 'rule must be a list, not a table' });
    expect(problem?.hint).toContain('[[rule]]');
  });

  it.each(['"2026-02-30T10:00:00Z"', '2026-02-30T10:00:00Z', '2026-02-28T10:00:00Z', '"25:00"'])(
    'has no case at a time that is none, or is not in quotes: %s',
    (time) => {
      const test = `[[test]]\ngiven = { action = "x", time = ${time} }\nexpect = "deny"\n`;
      const problems = problemsOf({ 'policy.toml': test });
      expect(problems).toMatchObject([{ line: 2, hint: expect.stringContaining('quotes') }]);
      expect(problems[0]?.message).toContain('given.time must be a time with a zone');
    },
  );

  it('may not have the name of another', () => {
    const rule = '[[rule]]\nname = "twice"\neffect = "deny"\nwhen = { action = "x" }\n';
    const problems = problemsOf({ 'policy.toml': rule + rule });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: 'policy.toml', line: 6 });
    expect(problems[0]?.message).toContain('"twice" is the name of another rule already (the 1st)');
  });

  it('is told to have the name of another, and is known to a case, whatever else is wrong with it', () => {
    const rule = '[[rule]]\nname = "twice"\neffect = "denny"\nwhen = { action = "x" }\n';
    const test = '[[test]]\ngiven = { action = "x" }\nexpect = "deny"\nrule = "twice"\n';
    const problems = problemsOf({ 'policy.toml': rule + rule + test });
    expect(problems.map(({ line, message }) => [line, message.slice(0, 14)])).toEqual([
      [3, 'rule[0].effect'],
      [6, 'rule[1].name "'],
      [7, 'rule[1].effect'],
    ]);
  });

  it('is told together with all the others', () => {
    const problems = problemsOf({
      'policy.toml':
        '[[rule]]\nname = "a"\neffect = "deny"\nwhen = { x = 1, time = { within = "?" } }\n[[rule]]\neffect = 1\n',
    });
    expect(problems.map(({ line }) => line)).toEqual([4, 4, 5, 5, 6]);
  });
});

describe('a rule', () => {
  it('means the same with nested tables, dotted keys, quoted keys and a table of its own', () => {
    const forms = [
      'when = { action = "x", payload = { amount = { gt = 5 } }, agent = { labels = { role = "a" } } }',
      'when = { action = "x", payload.amount = { gt = 5 }, agent.labels.role = "a" }',
      'when = { action = "x", "payload.amount" = { gt = 5 }, "agent.labels.role" = "a" }',
      'when.action = "x"\nwhen.payload.amount.gt = 5\nwhen."agent.labels".role.eq = "a"',
      '[rule.when]\naction = "x"\n"payload.amount.gt" = 5\nagent.labels.role = { eq = "a" }',
    ];
    const parsed = forms.map(
      (form) =>
        rulesOf({ 'policy.toml': `[[rule]]\nname = "r"\neffect = "deny"\n${form}\n` }).policy.rules.rules[0],
    );
    const [first] = parsed;
    expect(first?.summary).toBe('action is "x" and payload.amount is over 5 and agent.labels.role is "a"');
    for (const each of parsed) expect(each?.summary).toBe(first?.summary);
  });

  it('names a field within a field by dotted keys, and one that is called as an operator by eq', () => {
    const when = 'when = { payload.customer.country = "DE", payload.in.eq = 1, "payload.list.0.name" = "a" }';
    const { policy } = rulesOf({ 'policy.toml': `[[rule]]\nname = "r"\neffect = "deny"\n${when}\n` });
    expect(policy.rules.rules[0]?.summary).toBe(
      'payload.customer.country is "DE" and payload.in is 1 and payload.list.0.name is "a"',
    );
  });

  it('takes the project’s time zone where a window names none', () => {
    const governed = '[project]\nid = "prj_01hzy3v8k4qj6m9t2w5x7b1c0d"\ntimezone = "Asia/Tokyo"\n';
    const policy =
      '[[rule]]\nname = "r"\neffect = "deny"\nwhen = { time = { outside = ["Mon-Fri 09:00-17:00", "Sat UTC"] } }\n';
    const condition = rulesOf({ 'governed.toml': governed, 'policy.toml': policy }).policy.rules.rules[0]
      ?.when[0];
    expect(condition).toMatchObject({ test: { windows: [{ timezone: 'Asia/Tokyo' }, { timezone: 'UTC' }] } });
  });

  it('counts in its rate the actions that it names', () => {
    const windowsOf = (when: string): unknown =>
      rulesOf({
        'policy.toml': `[[rule]]\nname = "r"\neffect = "deny"\nwhen = { ${when}, rate = { over = 1, per = "1m" } }`,
      }).policy.rules.windows;
    const window = { measure: 'actions', by: 'agent', perMs: 60_000 };
    expect(windowsOf('agent.id = "a"')).toEqual([{ ...window, actions: null }]);
    expect(windowsOf('action = "x"')).toEqual([{ ...window, actions: [{ kind: 'equal', action: 'x' }] }]);
    expect(windowsOf('tool = "Bash"')).toEqual([
      { ...window, actions: [{ kind: 'equal', action: 'tool:Bash' }] },
    ]);
    expect(windowsOf('action = { starts_with = "tool:" }')).toEqual([
      { ...window, actions: [{ kind: 'prefix', prefix: 'tool:' }] },
    ]);
  });

  it('is refused or understood, whatever its conditions look like, and parsing never crashes', () => {
    const word = fc.constantFrom(
      'action',
      'payload',
      'agent',
      'labels',
      'risk',
      'gt',
      'in',
      'time',
      'within',
      'rate',
      'per',
      'over',
      'x',
      'detects',
      'exists',
      '"a.b"',
      '""',
      '"payload.x"',
    );
    const value = fc.constantFrom(
      '1',
      '"x"',
      'true',
      '["a"]',
      '[]',
      '{}',
      '{ gt = 1 }',
      '"1m"',
      '1979-05-27',
      '-inf',
      '"Mon"',
      '{ x = { in = ["a", 1] } }',
    );
    const condition = fc
      .tuple(fc.array(word, { minLength: 1, maxLength: 4 }), value)
      .map(([path, of]) => `${path.join('.')} = ${of}`);
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 3 }), (conditions) => {
        const policy = `[[rule]]\nname = "r"\neffect = "deny"\nwhen = { ${conditions.join(', ')} }\n`;
        for (const problem of problemsOf({ 'policy.toml': policy })) {
          expect(problem).toMatchObject({ path: 'policy.toml', line: expect.any(Number) });
          expect(problem.hint).toBeTruthy();
        }
      }),
      { seed: 4, numRuns: 3_000 },
    );
  });
});
