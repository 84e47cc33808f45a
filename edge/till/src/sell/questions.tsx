// One law: each question before a line can be added is one small dialog with one clear next step.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { lineAmount, mulDivHalfUp } from '../core/money';
import type { Product } from '../core/types';
import type { Till } from '../data/ports';
import {
  formatDay,
  formatMoney,
  formatPer,
  formatQuantity,
  inLanguage,
  isPieces,
  t,
} from '../i18n';
import {
  AmountPad,
  Button,
  Dialog,
  List,
  ListItem,
  Money,
  Notice,
  TextField,
  takeScans,
} from '../ui';

/** How a question hands its answer over; null: never mind. */
type Answer<T> = (value: T | null) => void;

const GRAMS_PER_KG = 1000;
const MOST_ON_SCALE = 999_999;

/** What a price is for, in words: `2.99 / kg`. */
export function priceText(product: Pick<Product, 'priceMinor' | 'priceQuantity' | 'unit'>): string {
  const per = formatPer(product.priceQuantity, product.unit);
  return per ? `${formatMoney(product.priceMinor)} / ${per}` : formatMoney(product.priceMinor);
}

/** The age to buy it: the date on or before which the customer must be born. */
export function AgeDialog(props: {
  product: Product;
  years: number;
  /** ISO date. */
  born_by: string;
  answer: Answer<true>;
}): JSX.Element {
  const { product, years, answer } = props;
  const confirm = (): void => answer(true);
  return (
    <Dialog
      title={t('sell.age.title', { years })}
      firm
      onClose={() => answer(null)}
      keys={[{ key: 'Enter', label: t('sell.age.confirm'), run: confirm }]}
      foot={
        <>
          <Button size="l" onPress={() => answer(null)} shortcut="Esc">
            {t('sell.age.refuse')}
          </Button>
          <Button size="l" kind="primary" onPress={confirm} shortcut="↵">
            {t('sell.age.confirm')}
          </Button>
        </>
      }
    >
      <div class="ask-age">
        <p class="muted">{inLanguage(product.names)}</p>
        <p>{t('sell.age.bornBy')}</p>
        <p class="ask-age__date num">{formatDay(props.born_by)}</p>
        <p class="muted">{t('sell.age.look')}</p>
      </div>
    </Dialog>
  );
}

/** An amount in minor units, such as the price of an open-price line. */
export function AmountDialog(props: {
  title: string;
  label: string;
  answer: Answer<number>;
}): JSX.Element {
  const { answer } = props;
  const [value, setValue] = useState<number | null>(null);
  const done = (): void => {
    if (value) answer(value);
  };
  return (
    <Dialog
      title={props.title}
      onClose={() => answer(null)}
      foot={
        <Button size="xl" kind="primary" block disabled={!value} onPress={done} shortcut="↵">
          {t('sell.price.take')}
        </Button>
      }
    >
      <AmountPad label={props.label} value={value} onChange={setValue} onEnter={done} />
    </Dialog>
  );
}

/** Another quantity of a line, in base units. */
export function QuantityDialog(props: {
  title: string;
  quantity: number;
  unit: string;
  /** A digit that was typed to get here. */
  begun: number | null;
  answer: Answer<number>;
}): JSX.Element {
  const { quantity, unit, answer } = props;
  const [typed, setTyped] = useState<number | null>(props.begun);
  const done = (): void => answer(typed ?? quantity);
  return (
    <Dialog
      title={props.title}
      onClose={() => answer(null)}
      foot={
        <Button size="xl" kind="primary" block onPress={done} shortcut="↵">
          {t('sell.line.setQuantity', { quantity: formatQuantity(typed ?? quantity, unit) })}
        </Button>
      }
    >
      <AmountPad
        label={t('sell.line.quantity')}
        value={typed}
        suggested={quantity}
        format={(value) => formatQuantity(value, unit)}
        onChange={setTyped}
        onEnter={done}
      />
    </Dialog>
  );
}

interface Weighed {
  readonly weight_g?: number;
}

/** The weight from the scale, kept up to date while the dialog is open. */
function useScale(
  till: Till,
  product: Product,
): { weight: number | null; problem: string; ask: () => void } {
  const [weight, setWeight] = useState<number | null>(null);
  const [problem, setProblem] = useState('');
  const [asked, setAsked] = useState(0);
  // Scales with a price display show the price of a kilogram.
  const per_kg = mulDivHalfUp(product.priceMinor, GRAMS_PER_KG, product.priceQuantity);
  const unit_price_minor = Math.min(MOST_ON_SCALE, Math.max(1, per_kg));
  useEffect(() => {
    let here = true;
    void till.api
      .post<Weighed>('/till/weigh', { unit_price_minor }, { as: 'device', timeoutMs: 6000 })
      .then((reply) => {
        if (here && reply.weight_g) setWeight(reply.weight_g);
      })
      .catch(() => {
        if (here) setProblem(t('sell.weigh.noScale'));
      });
    return () => {
      here = false;
    };
  }, [till, asked, unit_price_minor]);
  useEffect(
    () =>
      till.events.on('weight', (news) => {
        if (news.weight_g > 0) setWeight(news.weight_g);
      }),
    [till],
  );
  const ask = (): void => {
    setProblem('');
    setAsked((n) => n + 1);
  };
  return { weight, problem, ask };
}

/** How much of a weighed or measured article: from the scale or typed, in base units. */
export function WeighDialog(props: {
  till: Till;
  product: Product;
  answer: Answer<number>;
}): JSX.Element {
  const { product, answer } = props;
  const [typed, setTyped] = useState<number | null>(null);
  const scale = useScale(props.till, product);
  const byScale = product.unit === 'g';
  const quantity = typed ?? (byScale ? scale.weight : null);
  const done = (): void => {
    if (quantity) answer(quantity);
  };
  const costs = lineAmount(quantity ?? 0, product.priceMinor, product.priceQuantity);
  return (
    <Dialog
      title={inLanguage(product.names)}
      onClose={() => answer(null)}
      foot={
        <Button size="xl" kind="primary" block disabled={!quantity} onPress={done} shortcut="↵">
          {t('sell.weigh.take')}
        </Button>
      }
    >
      <div class="stack">
        <div class="row">
          <span class="grow muted">{priceText(product)}</span>
          <strong class="ask-amount">
            <Money minor={costs} />
          </strong>
        </div>
        <AmountPad
          label={typed === null && byScale ? t('sell.weigh.onScale') : t('sell.weigh.typed')}
          value={typed}
          suggested={quantity ?? 0}
          certain={byScale && scale.weight !== null}
          format={(value) => formatQuantity(value, product.unit)}
          extra="000"
          onChange={setTyped}
          onEnter={done}
        />
        {byScale && (
          <div class="row">
            <Button icon="scale" onPress={scale.ask}>
              {t('sell.weigh.again')}
            </Button>
            <span class="small muted grow">
              {scale.problem || t(scale.weight ? 'sell.weigh.orType' : 'sell.weigh.hint')}
            </span>
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** A serial, lot or card number: scanned or typed. */
export function CaptureDialog(props: {
  title: string;
  label: string;
  hint: string;
  /** What is wrong with a text; empty when it is right. */
  check?: ((text: string) => string) | undefined;
  answer: Answer<string>;
}): JSX.Element {
  const [text, setText] = useState('');
  const [error, setError] = useState('');
  const take = (given: string): void => {
    const value = given.trim();
    const wrong = value ? (props.check?.(value) ?? '') : t('sell.capture.empty');
    setText(value);
    setError(wrong);
    if (!wrong) props.answer(value);
  };
  // Taken anew at every drawing: the check may look at what has changed.
  useLayoutEffect(() => takeScans((scan) => take(scan.text)));
  return (
    <Dialog
      title={props.title}
      onClose={() => props.answer(null)}
      lets_scans
      foot={
        <Button size="xl" kind="primary" block onPress={() => take(text)} shortcut="↵">
          {t('sell.capture.take')}
        </Button>
      }
    >
      <TextField
        label={props.label}
        hint={props.hint}
        icon="barcode"
        value={text}
        error={error || undefined}
        autofocus
        max_length={64}
        onInput={setText}
        onEnter={() => take(text)}
      />
    </Dialog>
  );
}

/** One of several products: variants of one article, or several with one code. */
export function ChooseDialog(props: {
  title: string;
  products: readonly Product[];
  answer: Answer<Product>;
}): JSX.Element {
  return (
    <Dialog title={props.title} onClose={() => props.answer(null)}>
      <List>
        {props.products.map((product) => (
          <ListItem
            key={product.sku}
            title={inLanguage(product.names)}
            text={`${product.sku}${isPieces(product.unit) ? '' : ` · ${product.unit}`}`}
            after={<strong class="num">{priceText(product)}</strong>}
            onPress={() => props.answer(product)}
          />
        ))}
      </List>
    </Dialog>
  );
}

/** What a stopped article leads to. */
export type AfterStop = 'search' | 'override' | 'price' | 'leave';

/** Why an article can't simply be sold, and what to do about it. */
export function StopDialog(props: {
  title: string;
  text: string;
  subject: string;
  steps: readonly { value: AfterStop; label: string; primary?: boolean }[];
  answer: Answer<AfterStop>;
}): JSX.Element {
  const first = props.steps.find((step) => step.primary) ?? props.steps[0];
  const run = (): void => props.answer(first?.value ?? 'leave');
  return (
    <Dialog
      title={props.title}
      onClose={() => props.answer(null)}
      keys={[{ key: 'Enter', label: first?.label, run }]}
      foot={props.steps.map((step) => (
        <Button
          key={step.value}
          size="l"
          kind={step === first ? 'primary' : 'plain'}
          onPress={() => props.answer(step.value)}
        >
          {step.label}
        </Button>
      ))}
    >
      <div class="stack">
        <p class="clip muted num">{props.subject}</p>
        <Notice mood="warn">{props.text}</Notice>
      </div>
    </Dialog>
  );
}
