// Schema 5: what is set aside for an approved action until its outcome is known. Null when nothing is.
export const SCHEMA_5 = `
ALTER TABLE proposals ADD COLUMN reserved_micro_usd INTEGER CHECK (reserved_micro_usd > 0);
CREATE INDEX proposals_reserved_by_run ON proposals (run_id, id) WHERE reserved_micro_usd IS NOT NULL;
`;
