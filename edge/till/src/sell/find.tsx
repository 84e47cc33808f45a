// One law: an article without a code is two touches or a few letters away, and looking for it never
// waits for the network.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { KeyColor, KeyPage, Product } from '../core/types';
import type { Till } from '../data/ports';
import { categoryText, formatNumber, inLanguage, t } from '../i18n';
import { Badge, EmptyState, Icon, IconButton, Tabs, useKeys } from '../ui';
import { SCAN_GAP_MS } from '../ui/wedge';
import { addProduct } from './adding';
import { useTill } from './context';
import { priceText } from './questions';
import { takeTyped } from './reading';
import { multiplier, query } from './state';

const MOST_HITS = 16;
/** The keys of most scanners come closer together; a slower one's are searched and then forgotten. */
const SETTLED_MS = 16;
const MULTIPLIER = /^(\d{1,4})\s*[*x×]$/i;

/** What a search found, best first; nothing is searched while the text is empty. */
interface Found {
  readonly text: string;
  readonly hits: readonly Product[];
}
const NOTHING: Found = { text: '', hits: [] };

/**
 * What was found for what the field holds, once the rhythm says that it is hardly a scan.
 *
 * A key that comes by itself is asked for at once, so that its hits are there by then; of a scan's
 * keys only the first one is.
 */
function useFound(): Found {
  const till = useTill();
  const text = query.value;
  const products = till.catalogue.state.value.products;
  const [found, setFound] = useState(NOTHING);
  const typed_ms = useRef(Number.NEGATIVE_INFINITY);
  // Not after the next picture: that would be one picture late for each key.
  useLayoutEffect(() => {
    const alone = performance.now() - typed_ms.current > SCAN_GAP_MS;
    typed_ms.current = performance.now();
    if (text.trim() === '') {
      setFound(NOTHING);
      return;
    }
    const ask = () => till.catalogue.search(text, MOST_HITS);
    const early = alone ? ask() : null;
    let here = true;
    const timer = setTimeout(async () => {
      const hits = (await (early ?? ask())).map((hit) => hit.product);
      if (here) setFound({ text, hits });
    }, SETTLED_MS);
    return () => {
      clearTimeout(timer);
      here = false;
    };
  }, [till, text, products]);
  return found;
}

/** The search with its hits, and the pages of quick keys while nothing is searched. */
export function FindPanel(): JSX.Element {
  const found = useFound();
  const [at, setAt] = useState(0);
  useEffect(() => setAt(0), [found.text]);
  const [keys, setKeys] = useState(false);
  return (
    <section class={`find ${keys ? 'find--keys' : ''}`} aria-label={t('sell.find')}>
      <SearchField found={found} at={at} setAt={setAt} keys={keys} onKeys={() => setKeys(!keys)} />
      <div class="find__body">{found.text ? <Hits {...found} at={at} /> : <QuickKeys />}</div>
    </section>
  );
}

function clear(): void {
  query.value = '';
}

/** F2 goes to the search, and whatever is typed elsewhere begins one. */
function useSearchKeys(field: { readonly current: HTMLInputElement | null }): void {
  useKeys([
    { key: 'F2', label: t('sell.keys.search'), run: () => field.current?.focus() },
    {
      key: 'character',
      run: (key) => {
        query.value += key;
        field.current?.focus();
      },
    },
  ]);
}

function SearchField(props: {
  found: Found;
  at: number;
  setAt: (at: number) => void;
  /** Whether the quick keys are shown on a screen that has no room for them otherwise. */
  keys: boolean;
  onKeys: () => void;
}): JSX.Element {
  const till = useTill();
  const field = useRef<HTMLInputElement>(null);
  const { found, at, setAt } = props;
  const last = Math.max(0, found.hits.length - 1);
  useSearchKeys(field);
  const take = (): Promise<void> => takeBest(till, found, at);
  const onKey = (event: KeyboardEvent): void => {
    const moves = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (moves) setAt(Math.min(last, Math.max(0, at + moves)));
    else if (event.key === 'Enter' && !event.isComposing) void take();
    else if (event.key === 'Escape') {
      clear();
      field.current?.blur();
    } else return;
    event.preventDefault();
  };
  return (
    <div class="find__field field__box">
      <Icon name="search" />
      <Multiplier />
      <input
        id="find"
        ref={field}
        type="text"
        inputMode="search"
        enterkeyhint="search"
        autoComplete="off"
        spellcheck={false}
        aria-label={t('sell.find')}
        placeholder={t('sell.find.placeholder')}
        value={query.value}
        onInput={(event) => type(event.currentTarget)}
        onKeyDown={onKey}
      />
      {query.value ? (
        <IconButton icon="close" label={t('sell.find.clear')} onPress={clear} />
      ) : (
        <kbd>F2</kbd>
      )}
      <IconButton
        icon="list"
        label={t('sell.keys')}
        pressed={props.keys}
        class="find__keys"
        onPress={props.onKeys}
      />
    </div>
  );
}

/** Take what the search came to; Enter may come before the hits of the last letter. */
async function takeBest(till: Till, found: Found, at: number): Promise<void> {
  const text = query.value.trim();
  const isNew = query.value !== found.text;
  const best = isNew ? (await till.catalogue.search(text, 1))[0]?.product : found.hits[at];
  if (await takeTyped(till, text, best ?? null)) clear();
}

function Multiplier(): JSX.Element | null {
  if (multiplier.value === 1) return null;
  return (
    <button
      type="button"
      class="multiplier num"
      aria-label={t('sell.multiplier.clear')}
      onClick={() => {
        multiplier.value = 1;
      }}
    >
      {formatNumber(multiplier.value)} ×
    </button>
  );
}

/** Take what is typed; `3*` says that the next article is taken three times. */
function type(field: HTMLInputElement): void {
  const times = MULTIPLIER.exec(field.value);
  if (times?.[1] && Number(times[1]) > 0) {
    multiplier.value = Number(times[1]);
    field.value = '';
    query.value = '';
  } else query.value = field.value;
}

function Hits({ text, hits, at }: Found & { at: number }): JSX.Element {
  const till = useTill();
  if (hits.length === 0) {
    const { ready } = till.catalogue.state.value;
    return (
      <EmptyState
        icon="search"
        title={ready ? t('sell.find.nothing') : t('sell.find.loading')}
        text={ready ? t('sell.find.nothingText') : t('sell.find.loadingText')}
      />
    );
  }
  return (
    <ul class="hits" aria-label={t('sell.find.hits', { text: text.trim() })}>
      {hits.map((product, index) => (
        <li key={product.sku}>
          <Hit product={product} current={index === at} />
        </li>
      ))}
    </ul>
  );
}

function Hit({ product, current }: { product: Product; current: boolean }): JSX.Element {
  const till = useTill();
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <button
      ref={row}
      type="button"
      class="item"
      aria-current={current ? 'true' : undefined}
      onClick={() => {
        clear();
        void addProduct(till, product);
      }}
    >
      <span class="item__main">
        <span class="item__title">{inLanguage(product.names)}</span>
        <span class="item__text num">
          {[
            product.sku,
            product.attributes.plu && `PLU ${product.attributes.plu}`,
            categoryText(till.setup.rules.value.categories, product.category),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <Marks product={product} />
      <strong class="num">{priceOf(product)}</strong>
      {current && <kbd>↵</kbd>}
    </button>
  );
}

const priceOf = (product: Product): string =>
  product.priceMinor === 0 ? t('sell.price.open') : priceText(product);

function Marks({ product }: { product: Product }): JSX.Element | null {
  if (!product.active) return <Badge mood="warn">{t('sell.mark.withdrawn')}</Badge>;
  const { age } = product.attributes;
  return age ? <Badge>{/^\d+$/.test(age) ? `${age}+` : age}</Badge> : null;
}

/** A product on its quick key. */
type Keyed = Product & { readonly label: string; readonly color: KeyColor | '' };

/** The products of a page of quick keys, in its order; those the catalogue does not know are left out. */
function usePage(page: KeyPage | undefined): readonly Keyed[] | null {
  const till = useTill();
  const [found, setFound] = useState<readonly Keyed[] | null>(null);
  const { products } = till.catalogue.state.value;
  useEffect(() => {
    let here = true;
    const keys = page?.keys ?? [];
    void till.catalogue.bySkus(keys.map((key) => key.sku)).then((all) => {
      if (!here) return;
      const known = new Map(all.map((product) => [product.sku, product]));
      setFound(
        keys.flatMap((key) => {
          const product = known.get(key.sku);
          return product ? [{ ...product, label: inLanguage(key.names), color: key.color }] : [];
        }),
      );
    });
    return () => {
      here = false;
    };
  }, [till, page, products]);
  return found;
}

function QuickKeys(): JSX.Element {
  const till = useTill();
  const pages = till.setup.rules.value.keyPages;
  const [shown, setShown] = useState('0');
  const page = pages[Number(shown)] ?? pages[0];
  const products = usePage(page);
  if (pages.length === 0) {
    return <EmptyState icon="search" title={t('sell.keys.none')} text={t('sell.keys.noneText')} />;
  }
  return (
    <>
      <Tabs
        label={t('sell.keys')}
        value={shown}
        tabs={pages.map((one, index) => ({ value: String(index), label: inLanguage(one.names) }))}
        onChange={setShown}
      />
      <div class="quick">
        {products === null
          ? (page?.keys ?? []).map((key) => <span key={key.sku} class="quick__key skeleton" />)
          : products.map((product) => <QuickKey key={product.sku} product={product} />)}
      </div>
    </>
  );
}

function QuickKey({ product }: { product: Keyed }): JSX.Element {
  const till = useTill();
  const color = product.color ? `quick__key--${product.color}` : '';
  return (
    <button
      type="button"
      class={`quick__key ${color}`}
      onClick={() => void addProduct(till, product)}
    >
      <span class="quick__name">{product.label || inLanguage(product.names)}</span>
      <span class="quick__foot num">
        {priceOf(product)}
        <Marks product={product} />
      </span>
    </button>
  );
}
