// One law: goods are found by a scan at any time or by a few letters of their name, never by network.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Product } from '../core/types';
import type { SearchHit, Till } from '../data/ports';
import type { Verdict } from '../data/wire';
import { formatMoney, formatPer, inLanguage, t } from '../i18n';
import { announce, clearToasts, play, showToast, TextField } from '../ui';
import { useScans } from './scans';

/** What a scan brought: the product, how much where its label says it, and all that its code said. */
export type Found = (product: Product, quantity: number | null, verdict: Verdict | null) => void;

/** Says why a scan named nothing here. */
function refuse(text: string): void {
  play('refused');
  showToast({ text: t('desk.product.unknown', { code: text.slice(0, 40) }), bad: true });
}

/** Takes scans of goods while the page is open. */
export function useGoodsScans(till: Till, onFound: Found): void {
  useScans(async (scan) => {
    const { product, choices, verdict } = await till.selling.read(scan.text);
    const named = product ?? choices[0];
    if (!named) return refuse(scan.text);
    clearToasts();
    play('ok');
    announce(inLanguage(named.names));
    onFound(named, verdict.quantity, verdict);
  });
}

/** A field to search goods in, and the ears for scans. */
export function FindProduct(props: { till: Till; onFound: Found; label?: string }): JSX.Element {
  const { till, onFound } = props;
  const [text, setText] = useState('');
  const [hits, setHits] = useState<readonly SearchHit[] | null>(null);
  useGoodsScans(till, onFound);
  useEffect(() => {
    let late = false;
    if (text.trim() === '') setHits(null);
    else void till.catalogue.search(text, 8).then((found) => late || setHits(found));
    return () => {
      late = true;
    };
  }, [text, till]);
  const take = (product: Product): void => {
    setText('');
    onFound(product, null, null);
  };
  return (
    <div class="finder">
      <TextField
        label={props.label ?? t('desk.product.find')}
        placeholder={t('desk.product.findHint')}
        icon="search"
        type="search"
        value={text}
        onInput={setText}
        onEnter={() => hits?.[0] && take(hits[0].product)}
      />
      {hits && (
        <ul class="finder__hits card" aria-label={t('desk.product.hits')}>
          {hits.length === 0 && <li class="item muted">{t('desk.product.none')}</li>}
          {hits.map(({ product }) => (
            <li key={product.sku}>
              <button type="button" class="item" onClick={() => take(product)}>
                <span class="item__main">
                  <span class="item__title">{inLanguage(product.names)}</span>
                  <span class="item__text"> {product.sku}</span>
                </span>
                <span class="num">
                  {formatMoney(product.priceMinor)}
                  {formatPer(product.priceQuantity, product.unit) &&
                    ` / ${formatPer(product.priceQuantity, product.unit)}`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
