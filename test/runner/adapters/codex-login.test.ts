import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { responsesReply, saidItem } from '../../fixtures/provider.ts';
import { chatGptLogin, logInCodex } from '../codex-home.ts';
import { openCodex } from './agent-fixture.ts';
import { expectGoverned, expectNothingElse, LOGINS } from './codex-login-held.ts';
import { runWithLogin } from './codex-login-run.ts';

const CLI = resolve(import.meta.dirname, '../../fixtures/clis/codex.mjs');

describe.each(['auto', 'off'] as const)(
  'a run of codex with a login of its own, confinement %s',
  (confine) => {
    it.each(LOGINS)('for $kind is metered to the token, and has nothing else of it', async (of) => {
      await runWithLogin([CLI], of.login, confine, (run) => {
        expectGoverned(run, of);
        expectNothingElse(run, of);
        expect(run.seen).toContain(of.secret);
      });
    });
  },
);

describe('a run of codex whose login can’t be used', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'codex-home-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it.each([
    ['has expired', chatGptLogin(Date.now() - 1_000), 'has expired'],
    ['is not there', null, 'can’t be read'],
  ])(
    'since it %s is recorded as failed with what to do, and nothing is started',
    async (_why, login, said) => {
      if (login !== null) logInCodex(home, login);
      const reply = () => responsesReply([saidItem('done')], { input: 1, output: 1 });
      const rules = 'auth = "subscription"\n[budget]\nday_usd = 100\n';
      const codex = await openCodex(['/nowhere/codex'], reply, rules, { CODEX_HOME: home });
      try {
        const started = await codex.try('go');
        expect(started).toMatchObject({
          result: 'not_started',
          fault: { code: 'no_login', message: expect.stringContaining(said) },
        });
        const runId = started.result === 'not_started' ? started.runId : '';
        expect(await codex.recorded(runId)).toMatchObject({
          status: 'failed',
          end_reason: expect.stringContaining(said),
          llm_calls: 0,
        });
      } finally {
        await codex.close();
      }
    },
  );
});
