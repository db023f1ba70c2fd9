// The detector behind `detects`: libraries that are slow to load, so that only who needs them imports this file.
import type { Detector } from '../request.ts';
import { findPersonalData } from './personal-data.ts';
import { plainText } from './plain-text.ts';
import { findSecrets } from './secret.ts';

export const DETECTOR: Detector = {
  find: (kind, text) => (kind === 'pii' ? findPersonalData(plainText(text)) : findSecrets(plainText(text))),
};
