// What governance says names the tables of a project's files. Whoever types `exec` wrote none: to them each is called by the option or the
// variable that it is made of.

const PROVIDER = '\\[providers\\.(anthropic|openai)\\]';
const upper = (_: string, provider: string): string => provider.toUpperCase();

const SAID: readonly (readonly [RegExp, (found: string, part: string) => string])[] = [
  [new RegExp(`the address in ${PROVIDER}`, 'g'), (...found) => `${upper(...found)}_BASE_URL`],
  [
    new RegExp(`key in ${PROVIDER} of governed\\.toml(?:, then \`governed-agents accept\`)?`, 'g'),
    (...found) => `${upper(...found)}_API_KEY`,
  ],
  [
    new RegExp(`${PROVIDER} in governed\\.toml says where the key is`, 'g'),
    (...found) => `exec takes it from ${upper(...found)}_API_KEY`,
  ],
  [/ in tools\.deny\b/g, () => ', which its command line forbids'],
  [/\brun_(usd|tokens)\b/g, (_, unit) => `--budget-${unit}`],
];

export function inExecWords(text: string): string {
  return SAID.reduce((said, [pattern, ours]) => said.replace(pattern, ours), text);
}
