/** How many keys two sides leave with different values when both write without hearing of each other. Apart because it is the one estimate in an otherwise exact audit. */
import { exp } from '../../../base/exact-math.ts';

/** Rows that orders of both sites update in place, such as the stock of hot goods. 1,000; assumed. More rows: fewer conflicts from few orders, more from many. */
export const sharedRows = 1_000;
/** Share of orders that update such a row. 0.1; assumed. Higher: more conflicts. */
export const sharedRowRatio = 0.1;

/**
 * Expected number of shared rows that both sides updated, each row as likely as another. PostgreSQL applies the change that arrives last, whoever was first
 * (update_origin_differs), so each of these rows ends with the other side's value on either side. A whole number; grows with both arguments.
 */
export function conflictingRows(ordersHere: number, ordersThere: number): number {
  const touched = (orders: number) => 1 - exp((-orders * sharedRowRatio) / sharedRows);
  return Math.round(sharedRows * touched(ordersHere) * touched(ordersThere));
}
