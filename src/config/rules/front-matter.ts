// Splits a task file into its settings and its text. Settings stand between lines of +++ (TOML), or between lines of --- as plain
// `key: value` lines; a file that begins with neither is all text.
import { InputError } from '../../core/fault.ts';

export type FrontMatter =
  | { readonly result: 'none'; readonly body: string }
  | { readonly result: 'settings'; readonly toml: string; readonly firstLine: number; readonly body: string }
  | { readonly result: 'invalid'; readonly problem: InputError };

export function splitFrontMatter(path: string, text: string): FrontMatter {
  const lines = text.split(/\r?\n/);
  const fence = lines[0]?.trimEnd();
  if (fence !== '+++' && fence !== '---') return { result: 'none', body: text };
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === fence);
  if (end < 0)
    return invalid(
      path,
      1,
      `the settings that begin here never end`,
      `close them with a line ${fence}, or begin the text with another line`,
    );
  const body = lines.slice(end + 1).join('\n');
  const settings = lines.slice(1, end);
  if (fence === '+++') return { result: 'settings', toml: settings.join('\n'), firstLine: 2, body };
  return fromPlainLines(path, settings, body);
}

/** Each line becomes the same line of TOML, so that a problem in it is found on the right line. */
function fromPlainLines(path: string, settings: readonly string[], body: string): FrontMatter {
  const toml: string[] = [];
  for (const [index, line] of settings.entries()) {
    const match = /^([A-Za-z_][\w-]*):\s+(\S.*?)\s*$/.exec(line);
    if (match !== null) toml.push(`${match[1]} = ${tomlValue(match[2] ?? '')}`);
    else if (/^\s*(#.*)?$/.test(line)) toml.push('');
    else
      return invalid(
        path,
        index + 2,
        'this line is not of the form `key: value`',
        'only plain lines such as `timeout: 30m` are read here; use +++ for TOML',
      );
  }
  return { result: 'settings', toml: toml.join('\n'), firstLine: 2, body };
}

function tomlValue(written: string): string {
  if (/^(["']).*\1$/.test(written)) return JSON.stringify(written.slice(1, -1));
  const value = written.replace(/\s+#.*$/, '');
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(value) ? value : JSON.stringify(value);
}

function invalid(path: string, line: number, message: string, hint: string): FrontMatter {
  return {
    result: 'invalid',
    problem: new InputError({ code: 'invalid_front_matter', message, path, line, column: 1, hint }),
  };
}
