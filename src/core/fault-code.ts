// The code of a fault, ENOENT or EACCES say, read from whatever was thrown; null when it carries none.

export function faultCode(fault: unknown): string | null {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : null;
}

/** Nothing is there, or a file stands where a folder was expected. */
export function isMissing(fault: unknown): boolean {
  const code = faultCode(fault);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
