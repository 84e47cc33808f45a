// One law: wherever stock is shown, a product is called by its name and counted in its own unit.
import { says } from '../core/basket';
import type { Till } from '../data/ports';
import { inLanguage } from '../i18n';
import type { Asked } from './pieces';

/** What this till's catalogue knows of some products; the defaults hold for what it does not have. */
export interface Known {
  unitOf(sku: string): string;
  nameOf(sku: string): string;
  /** Whether a product wants its lot, or its serial numbers, to be told. */
  asks(sku: string, what: Asked): boolean;
}

/** Look products up in this till's catalogue. */
export async function knownGoods(
  till: Till,
  lines: readonly { readonly sku: string }[],
): Promise<Known> {
  const skus = [...new Set(lines.map((line) => line.sku))].filter(Boolean);
  const products = new Map((await till.catalogue.bySkus(skus)).map((one) => [one.sku, one]));
  return {
    unitOf: (sku) => products.get(sku)?.unit ?? 'piece',
    nameOf: (sku) => inLanguage(products.get(sku)?.names ?? {}) || sku,
    asks: (sku, what) => {
      const product = products.get(sku);
      return product !== undefined && says(product, what);
    },
  };
}
