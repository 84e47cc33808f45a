// Money is an integer of minor units, a quantity an integer of base units; rounding is the node's.
import type { Minor, Units } from './types';

/** The largest amount a line, a tender or a total may have, in minor units. */
export const MONEY_MAX_MINOR = 100_000_000_000;
/** The largest quantity of a line, in base units. */
export const QUANTITY_MAX = 1_000_000_000;
/** The whole in parts per million. */
export const PPM = 1_000_000;

/** Divides `a * b` by `denominator` (> 0), rounding halves away from zero, exact at any size. */
export function mulDivHalfUp(a: number, b: number, denominator: number): number {
  const product = a * b;
  const doubled = 2 * Math.abs(product) + denominator;
  if (doubled <= Number.MAX_SAFE_INTEGER) {
    const quotient = floorDivide(doubled, 2 * denominator);
    return product < 0 ? -quotient : quotient;
  }
  const exact = BigInt(a) * BigInt(b);
  const size = exact < 0n ? -exact : exact;
  const quotient = Number((2n * size + BigInt(denominator)) / (2n * BigInt(denominator)));
  return exact < 0n ? -quotient : quotient;
}

/** Divides rounding halves away from zero; `denominator` is positive. */
export function divideHalfUp(numerator: number, denominator: number): number {
  return mulDivHalfUp(numerator, 1, denominator);
}

/** Divides non-negative integers rounding down, where a quotient of floats could round up. */
export function floorDivide(numerator: number, denominator: number): number {
  return (numerator - (numerator % denominator)) / denominator;
}

/** Prices a line: `quantity` base units at `priceMinor` for every `priceQuantity` of them. */
export function lineAmount(quantity: Units, priceMinor: Minor, priceQuantity: Units): Minor {
  return mulDivHalfUp(quantity, priceMinor, priceQuantity);
}

/** Tax contained in a tax-inclusive amount. */
export function includedTax(grossMinor: Minor, ratePpm: number): Minor {
  return mulDivHalfUp(grossMinor, ratePpm, PPM + ratePpm);
}

/** Tax to add to a net amount. */
export function addedTax(netMinor: Minor, ratePpm: number): Minor {
  return mulDivHalfUp(netMinor, ratePpm, PPM);
}

/**
 * Splits an amount by weights (0 or more) so that the parts add up to it: largest remainders first,
 * then the earlier place. No part exceeds its weight if the amount does not exceed their sum.
 */
export function spread(amount: Minor, weights: readonly number[]): number[] {
  let whole = 0;
  let largest = 1;
  for (const weight of weights) {
    whole += weight;
    if (weight > largest) largest = weight;
  }
  if (whole === 0) return weights.map(() => 0);
  const exact = amount * largest <= Number.MAX_SAFE_INTEGER;
  const shares: number[] = [];
  const rests: number[] = [];
  let left = amount;
  for (const weight of weights) {
    const [part, rest] = exact ? share(amount, weight, whole) : bigShare(amount, weight, whole);
    shares.push(part);
    rests.push(rest);
    left -= part;
  }
  if (left === 0) return shares;
  const ranked = Float64Array.from(rests).sort();
  const least = ranked[ranked.length - left] ?? 0;
  let equals = left - rests.reduce((count, rest) => count + Number(rest > least), 0);
  rests.forEach((rest, at) => {
    if (rest > least || (rest === least && equals-- > 0)) shares[at] = (shares[at] ?? 0) + 1;
  });
  return shares;
}

function share(amount: number, weight: number, whole: number): [number, number] {
  const product = amount * weight;
  return [floorDivide(product, whole), product % whole];
}

function bigShare(amount: number, weight: number, whole: number): [number, number] {
  const product = BigInt(amount) * BigInt(weight);
  return [Number(product / BigInt(whole)), Number(product % BigInt(whole))];
}
