// Schema 6: why a run is no more than advisory, beside its tier, and of the newest run beside its agent's.
export const SCHEMA_6 = `
ALTER TABLE runs ADD COLUMN tier_reason TEXT;
ALTER TABLE agents ADD COLUMN tier_reason TEXT;
`;
