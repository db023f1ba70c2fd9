// What a call cost, by who answered it. Another model in the place of the one that was asked for is booked at its own price, where that is known
// and more. One without a price is booked as what was asked for: it is most often the same model under a name that its provider made up, and
// the dearest price there is would stop the run for it. So it is told, and whoever knows better gives it a price.
import { isSameModel } from '../../core/ledger/model-name.ts';
import {
  answerPriceOf,
  costOf,
  isCountable,
  knownPriceOf,
  type Price,
  type PriceTable,
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
  const usd = costOf(price, usage);
  if (answeredBy === undefined) return { usd, standIn: null };
  const other = answerPriceOf(prices, answeredBy);
  if (other !== null) {
    return { usd: isCountable(other, usage) ? Math.max(usd, costOf(other, usage)) : usd, standIn: null };
  }
  // What has no price itself is booked at the dearest already.
  const isTold = knownPriceOf(prices, model) !== null && !isSameModel(model, answeredBy);
  return { usd, standIn: isTold ? { asked: model, answeredBy } : null };
}
