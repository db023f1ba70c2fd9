// Prints a payload in full for a person to read before deciding: indented JSON, nothing cut. Characters that JSON
// would escape by number are put back, so that they are marked the same way as every other hidden character.

export function payloadText(payload: unknown): string {
  const json = JSON.stringify(payload, null, 2);
  if (json === undefined) return 'null';
  return json.replace(/\\\\|\\u([0-9a-f]{4})/g, (found, hex: string | undefined) =>
    hex === undefined ? found : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
