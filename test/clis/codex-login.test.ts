// The real Codex with a login of its own, of both kinds, in a jail and without: what it sends, what is booked, and what it has of the login.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPlace, type Place } from '../cli/binary.ts';
import { type Provider, responsesReply, saidItem, startProvider } from '../fixtures/provider.ts';
import { expectGoverned, expectNothingElse, LOGINS } from '../runner/adapters/codex-login-held.ts';
import { runWithLogin } from '../runner/adapters/codex-login-run.ts';
import { chatGptLogin, logInCodex, REFRESH_TOKEN } from '../runner/codex-home.ts';
import { findCli } from './find-cli.ts';

describe.each(['auto', 'off'] as const)(
  'the real Codex with a login of its own, confinement %s',
  (confine) => {
    it.each(LOGINS)('for $kind is metered to the token, and has nothing else of it', async (of) => {
      await runWithLogin([findCli('codex')], of.login, confine, (run) => {
        expectGoverned(run, of);
        expectNothingElse(run, of);
        // Where the jail is not ours, its own sandbox hides it from its commands.
        expect(run.seen.includes(of.secret)).toBe(confine === 'auto');
        // Its commands do not get what it has itself.
        expect(run.env).toContain('PATH=');
        expect(run.env).not.toContain(of.secret);
        for (const { body, headers } of run.calls) {
          expect(body).toMatchObject({ store: false, stream: true });
          expect(headers).toHaveProperty('session-id');
          expect(headers).toHaveProperty('originator');
        }
        console.log(
          `${of.kind}, ${confine}: server ${run.billed.tokens} tokens in ${run.billed.calls} calls, ledger ${String(run.recorded['tokens'])} in ${String(run.recorded['llm_calls'])}`,
        );
      });
    });
  },
);

describe('exec with the real Codex that is logged in with ChatGPT', () => {
  let place: Place;
  let provider: Provider;
  beforeAll(async () => {
    place = newPlace();
    mkdirSync(join(place.root, 'work'));
    provider = await startProvider(() =>
      responsesReply([saidItem('all is well')], { input: 500, output: 30 }),
    );
  });
  afterAll(async () => {
    await place.run(['down', '-C', join(place.stateHome, 'exec')]);
    await provider.close();
    place.remove();
  });

  it('uses that login by itself, with the model that Codex comes with, and says so', async () => {
    logInCodex(join(place.root, '.codex'), chatGptLogin(Date.now() + 3_600_000));
    const env = {
      PATH: `${dirname(findCli('codex'))}:${process.env['PATH'] ?? ''}`,
      OPENAI_LOGIN_BASE_URL: `${provider.url}/backend-api/codex`,
    };
    const command = ['exec', '--budget-usd', '2', '--', 'codex', 'exec', '--skip-git-repo-check', 'say hi'];
    const said = await place.run(command, { env, cwd: join(place.root, 'work') });
    expect(said).toMatchObject({ code: 0, out: 'all is well\n' });
    expect(said.err).toContain('key in agent');
    expect(said.err).toContain('530 tokens · 1 model call');
    expect(provider.calls.map(({ path }) => path)).toEqual(['/backend-api/codex/responses']);
    expect(JSON.stringify(provider.calls)).not.toContain(REFRESH_TOKEN);
  });
});
