// The names that one model goes by: whoever passes it on writes its maker before it, and its version or its date behind it.

const DATE = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/;
/** As models were named before dates had eight digits: "-0613", "-2411". */
const SHORT_DATE = /-\d{4}$/;

/** As clouds name what they pass on: "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5@20250929". */
const OF_CLOUD = /^(?:[a-z-]+\.)?anthropic\.(.+?)(?:-v\d+(?::\d+)?)?$/;
const CLOUD_DATE = /@(?:\d{8}|default)$/;

export function undated(model: string): string {
  return model.replace(DATE, '');
}

/** Without what stands before it ("openai/", "models/"), and without ":latest". */
export function bareName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1).replace(/:latest$/, '');
}

/** Whether two names say no more than where a model is from, and of when. */
export function isSameModel(a: string, b: string): boolean {
  return plainest(a) === plainest(b);
}

function plainest(model: string): string {
  return undated(
    bareName(model)
      .toLowerCase()
      .replace(OF_CLOUD, '$1')
      .replace(CLOUD_DATE, '')
      .replace(/-latest$/, ''),
  ).replace(SHORT_DATE, '');
}
