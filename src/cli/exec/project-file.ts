// The governed.toml that all of `exec` shares: its beginning is written anew by each call, out of where the shell says that the providers are;
// its end is the operator's.
import { whyNoBaseUrl } from '../../config/rules-entry.ts';
import { InputError } from '../../core/fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const OWN_LINE = /^# From here on the file is yours.*$/m;

const OWN_PART = `# From here on the file is yours, and stays as it is: the next exec puts it in force.
# What all runs together may spend.
[budget]
day_usd = 100
warn_at = [0.8, 0.95]
on_cap = "end"
[prices]
unknown_model = "worst"
# A model that \`governed-agents prices\` does not show is metered at the dearest price there. Its own, in dollars for a million tokens:
# [prices."my-model"]
# input_usd_per_mtok = 0
# output_usd_per_mtok = 0
`;

/** `before`: the file as it is; empty when there is none. Throws an InputError for an address that no model call may go to. */
export function projectFile(id: string, env: Environment, before: string): string {
  const loginUrl = env['OPENAI_LOGIN_BASE_URL'] ?? '';
  if (loginUrl !== '') refuseBadUrl('OPENAI_LOGIN_BASE_URL', loginUrl);
  const loginLine = loginUrl === '' ? '' : `login_base_url = ${JSON.stringify(loginUrl)}\n`;
  return `# The user-level project of \`governed-agents exec\`: what all its runs share. Written anew by each, but for its end.
[project]
id = "${id}"
timezone = ${JSON.stringify(Intl.DateTimeFormat().resolvedOptions().timeZone)}
[runs]
concurrent = 64
${provider('anthropic', 'https://api.anthropic.com', env)}${provider('openai', 'https://api.openai.com', env)}${loginLine}
${ownPart(before)}`;
}

export function idIn(file: string): string | null {
  return /^id = "(prj_[0-9a-z]+)"$/m.exec(file)?.[1] ?? null;
}

/** Somebody may have changed the line that says what is theirs: then nobody can tell, and nothing of it must be lost. */
export function hasOwnPart(file: string): boolean {
  return OWN_LINE.test(file);
}

/** From that line on, whatever ends its lines. */
function ownPart(file: string): string {
  const at = file.search(OWN_LINE);
  return at < 0 ? OWN_PART : file.slice(at);
}

function provider(name: string, fallback: string, env: Environment): string {
  const variable = `${name.toUpperCase()}_BASE_URL`;
  const given = env[variable] ?? '';
  if (given !== '') refuseBadUrl(variable, given);
  const url = given === '' ? fallback : given;
  const key = `${name.toUpperCase()}_API_KEY`;
  // A server of one's own may want none.
  const isKeyless = url !== fallback && (env[key] ?? '') === '';
  const keyLine = isKeyless ? '' : `key = { env = "${key}" }\n`;
  return `[providers.${name}]\nbase_url = ${JSON.stringify(url)}\n${keyLine}`;
}

/** Whoever set a variable has written no file, and is told of the variable. */
function refuseBadUrl(variable: string, url: string): void {
  const why = whyNoBaseUrl(url);
  if (why === null) return;
  throw new InputError({
    code: 'bad_url',
    message: `${variable} ${why.message}; nothing was started`,
    hint: why.hint,
  });
}
