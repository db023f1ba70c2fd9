// Decides whether an agent's text may become something to click: only an absolute http or https address without a
// user name in it (`https://bank.example@evil.example`) does. Everything else stays text.

export interface WebLink {
  readonly href: string;
  /** Where it leads, in the form the browser will use (punycode for non-ASCII names). */
  readonly host: string;
}

export function webLink(text: string): WebLink | null {
  // The URL parser drops tabs, line breaks and surrounding controls: what is shown would not be what is opened.
  if (!/^https?:\/\/[^\s\\]+$/i.test(text)) return null;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return null;
  return { href: url.href, host: url.host };
}
