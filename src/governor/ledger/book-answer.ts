// What a call cost, by who answered it. Another model in the place of the one that was asked for is booked at its own price, where that is known
// and more. One without a price is booked as the rules say of such models, and at no less than what was asked for: at the dearest price there
// is, or, where they would have refused it, as what was asked for, since the call has been made. A name of what was asked for that its provider
// made up is none of these. Whoever knows better gives it a price, and so it is told.
import { isSameModel } from '../../core/ledger/model-name.ts';
import {
  answerPriceOf,
  costOf,
  isCountable,
  knownPriceOf,
  type Price,
  type PriceTable,
  priceOf,
  type Usage,
} from '../../core/ledger/price.ts';

export interface AskedModel {
  readonly model: string;
  /** At which it was reserved. */
  readonly price: Price;
}

/** A model without a price that answered in the place of one that has its own. */
export interface StandIn {
  readonly asked: string;
  readonly answeredBy: string;
  readonly isAtDearest: boolean;
}

export interface BookedAnswer {
  readonly usd: number;
  readonly standIn: StandIn | null;
}

export function bookAnswer(
  prices: PriceTable,
  { model, price }: AskedModel,
  usage: Usage,
  answeredBy: string | undefined,
): BookedAnswer {
  const asAsked = costOf(price, usage);
  const known = answeredBy === undefined ? null : answerPriceOf(prices, answeredBy);
  if (answeredBy === undefined || known !== null || isSameModel(model, answeredBy)) {
    return { usd: atLeast(asAsked, known, usage), standIn: null };
  }
  const dearest = priceOf(prices, answeredBy);
  const usd = atLeast(asAsked, dearest, usage);
  // What has no price itself is booked at the dearest already.
  const isTold = knownPriceOf(prices, model) !== null;
  return { usd, standIn: isTold ? { asked: model, answeredBy, isAtDearest: dearest !== null } : null };
}

function atLeast(usd: number, price: Price | null, usage: Usage): number {
  return price !== null && isCountable(price, usage) ? Math.max(usd, costOf(price, usage)) : usd;
}
