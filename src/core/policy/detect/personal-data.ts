// Finds personal data with a known form: mail addresses, payment cards, IBANs, phone numbers in international form, US social security
// numbers. Candidates are picked by bounded patterns and judged by libraries that know the rules of each. It helps and guarantees
// nothing: names, addresses of houses and anything spelled out are not seen.
import { isValidIBAN } from 'ibantools';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { passesLuhn } from './luhn.ts';

interface Kind {
  readonly name: string;
  /** Every repetition is bounded, so a search takes time in proportion to the text. */
  readonly candidate: RegExp;
  isOne(candidate: string): boolean;
}

const KINDS: readonly Kind[] = [
  {
    name: 'an email address',
    candidate:
      /(?<![\p{L}\p{N}._%+'-])[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    isOne: (text) => !text.includes('..'),
  },
  {
    name: 'a payment card number',
    candidate: /(?<!\d)[2-6](?:[ .-]?\d){13,18}(?!\d)/g,
    isOne: (text) => isPaymentCard(text.replace(/\D/g, '')),
  },
  {
    name: 'an IBAN',
    candidate: /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])/g,
    isOne: (text) => isAnIban(text.replace(/[ -]/g, '').toUpperCase()),
  },
  {
    name: 'a phone number',
    candidate: /(?<![\d+])(?:\+|00)[1-9](?:[ ()./-]{0,3}\d){6,14}(?!\d)/g,
    isOne: (text) => parsePhoneNumberFromString(text.replace(/^00/, '+'))?.isValid() === true,
  },
  {
    name: 'a US social security number',
    candidate: /(?<![\d-])(?!000|666|9)\d{3}([ -])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])/g,
    isOne: () => true,
  },
];

/** A hostile text may be full of candidates that are none. */
const MOST_CANDIDATES = 2_000;

export function findPersonalData(text: string): readonly string[] {
  return KINDS.filter((kind) => holds(kind, text)).map(({ name }) => name);
}

/** With more candidates than are looked at, it counts as found: what can't be searched to its end is not taken for clean. */
function holds({ candidate, isOne }: Kind, text: string): boolean {
  let seen = 0;
  for (const [found] of text.matchAll(candidate)) {
    seen += 1;
    if (seen > MOST_CANDIDATES || isOne(found)) return true;
  }
  return false;
}

/** Numbers that the large networks give out, each with its lengths. */
const CARDS =
  /^(?:4\d{15}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,16}|6\d{15,18})$/;

function isPaymentCard(digits: string): boolean {
  return CARDS.test(digits) && passesLuhn(digits);
}

/** Words after an IBAN may look like a part of it. */
function isAnIban(text: string): boolean {
  for (let length = text.length; length >= 15; length -= 1)
    if (isValidIBAN(text.slice(0, length))) return true;
  return false;
}
