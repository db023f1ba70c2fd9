// Finds secrets with a known form: private keys, and the tokens of common providers. It runs the rules of a maintained scanner on the
// text alone: none that reads files, and none by which a text could switch the scanner off.
import { rules } from '@secretlint/secretlint-rule-preset-recommend';

/** As much of the scanner's rules as is used here: each is told of a text, and reports what it finds. */
interface TextScanner {
  readonly meta: { readonly id: string };
  create(context: object, options: object): { file?(source: object): unknown };
}

const NOT_OF_TEXTS = new Set([
  '@secretlint/secretlint-rule-gcp',
  '@secretlint/secretlint-rule-filter-comments',
]);

const NAMES: Readonly<Record<string, string>> = {
  aws: 'an AWS key',
  privatekey: 'a private key',
  npm: 'an npm token',
  basicauth: 'a password in an address',
  slack: 'a Slack token',
  sendgrid: 'a SendGrid key',
  shopify: 'a Shopify token',
  github: 'a GitHub token',
  openai: 'an OpenAI key',
  anthropic: 'an Anthropic key',
  linear: 'a Linear key',
  '1password': 'a 1Password token',
  'database-connection-string': 'a password of a database',
};

/** Forms that the scanner does not know, each with a prefix that nothing else has. */
const MORE: readonly (readonly [name: string, form: RegExp])[] = [
  ['a Google API key', /(?<![\w-])AIza[\w-]{35}(?![\w-])/],
  ['a Stripe key', /(?<!\w)[sr]k_live_\w{16,200}/],
  ['a GitLab token', /(?<![\w-])glpat-[\w-]{20}/],
  ['a JSON web token', /(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}/],
];

const scanners = (rules as unknown as readonly TextScanner[]).filter(
  ({ meta }) => !NOT_OF_TEXTS.has(meta.id),
);

export function findSecrets(text: string): readonly string[] {
  const found = scanners.filter((rule) => reports(rule, text)).map(({ meta }) => nameOf(meta.id));
  return [...found, ...MORE.filter(([, form]) => form.test(text)).map(([name]) => name)];
}

/** A rule that would only answer later is a change of the scanner that this code does not know. */
function reports(rule: TextScanner, text: string): boolean {
  let isFound = false;
  const context = {
    ruleId: rule.meta.id,
    sharedOptions: {},
    createTranslator: () => () => ({ message: '', messageId: '' }),
    report: () => {
      isFound = true;
    },
    ignore: () => undefined,
  };
  const source = { filePath: 'text', content: text, contentType: 'text', ext: '', hasBOM: false };
  const answer = rule.create(context, { enableIDScanRule: true }).file?.(source);
  if (answer instanceof Promise)
    throw new Error(`${rule.meta.id} answers later; it can't judge a text at once`);
  return isFound;
}

function nameOf(id: string): string {
  return NAMES[id.replace('@secretlint/secretlint-rule-', '')] ?? 'a secret';
}
