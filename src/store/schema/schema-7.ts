// Schema 7: what a tool call acted on, for rules that are asked of its result.
export const SCHEMA_7 = `
ALTER TABLE tool_calls ADD COLUMN resource TEXT;
`;
