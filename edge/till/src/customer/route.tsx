// One law: the customer reads the till's last word in large letters, in the cashier's language choice,
// and nothing here can be pressed.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { currency, formatMoney, formatPer, formatQuantity, isPieces, locale, t } from '../i18n';
import { LargeMoney, Money } from '../ui/show';
import {
  type Asking,
  CHANNEL,
  listen,
  nameIn,
  type Port,
  type Shown,
  type ShownBasket,
  type ShownLine,
} from './channel';
import { Qr } from './qr';
import '../ui/tokens.css';
import '../ui/base.css';
import './customer.css';

/** Follow what the till says; null while no till speaks. */
function useShown(): Shown | null {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    const stop = listen(channel as unknown as Port, setShown);
    return () => {
      stop();
      channel.close();
    };
  }, []);
  return shown;
}

/** Wear the till's language, currency and theme. */
function wear(shown: Shown | null): void {
  if (!shown) return;
  locale.value = shown.language;
  currency.value = { code: shown.currency, exponent: shown.exponent };
  document.documentElement.lang = shown.language === 'zh' ? 'zh-Hans' : 'en';
  document.documentElement.dataset.theme = shown.theme;
}

function Line(props: { line: ShownLine; latest: boolean }): JSX.Element {
  const { line } = props;
  const many = !isPieces(line.unit) || line.quantity !== 1;
  const per = formatPer(line.price_quantity, line.unit);
  return (
    <li class={`shown__line ${props.latest ? 'shown__line--latest' : ''}`}>
      <span class="shown__name">{nameIn(line.names, locale.value)}</span>
      <span class="shown__amount num">{formatMoney(line.amount_minor)}</span>
      {many && (
        <span class="shown__detail num">
          {formatQuantity(line.quantity, line.unit)} × {formatMoney(line.price_minor)}
          {per && ` / ${per}`}
        </span>
      )}
      {line.savings.map((saving) => (
        <span key={saving.text} class="shown__saving">
          <span>{saving.text}</span>
          <span class="num">{formatMoney(-saving.amount_minor)}</span>
        </span>
      ))}
    </li>
  );
}

function Lines({ basket }: { basket: ShownBasket }): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  // After every word of the till: what stands beside may have taken room away.
  useEffect(() => {
    list.current?.querySelector('.shown__line--latest')?.scrollIntoView({ block: 'nearest' });
  });
  return (
    <ul ref={list} class="shown__lines" aria-live="polite" aria-label={t('customer.lines')}>
      {basket.lines.map((line) => (
        <Line key={line.key} line={line} latest={line.key === basket.latest} />
      ))}
    </ul>
  );
}

function Member({ basket }: { basket: ShownBasket }): JSX.Element | null {
  const { member } = basket;
  if (!member) return null;
  return (
    <p class="shown__member">
      <span>{t('customer.hello', { name: member.name })}</span>
      {member.points !== null && (
        <span class="num">{t('customer.points', { n: member.points })}</span>
      )}
      {member.points_earned > 0 && (
        <strong class="num">{t('customer.earned', { n: member.points_earned })}</strong>
      )}
    </p>
  );
}

function Sum(props: { label: string; minor: number; large?: boolean }): JSX.Element {
  return (
    <p class={`shown__sum ${props.large ? 'shown__sum--large' : ''}`}>
      <span>{props.label}</span>
      <strong>
        {props.large ? <LargeMoney minor={props.minor} /> : <Money minor={props.minor} />}
      </strong>
    </p>
  );
}

function Ask({ asking }: { asking: Asking }): JSX.Element {
  if (asking.kind === 'code') {
    return (
      <div class="shown__ask">
        <Qr text={asking.code} label={asking.text} />
        <p>{asking.text}</p>
      </div>
    );
  }
  const words = {
    choose: t('customer.pay'),
    cash: t('customer.payCash'),
    card: 'text' in asking && asking.text ? asking.text : t('customer.payCard'),
  }[asking.kind];
  return (
    <div class="shown__ask" role="status">
      <p>{words}</p>
    </div>
  );
}

function Side({ shown }: { shown: Exclude<Shown, { phase: 'idle' }> }): JSX.Element {
  const { basket } = shown;
  const part = shown.phase === 'paying' && shown.paid_minor > 0;
  return (
    <aside class="shown__side">
      <Member basket={basket} />
      <div class="shown__sums">
        {basket.whole.map(({ text, amount_minor }, index) => (
          <Sum key={`${index}-${text}`} label={text} minor={-amount_minor} />
        ))}
        {basket.added_minor > 0 && <Sum label={t('customer.added')} minor={basket.added_minor} />}
        {basket.savings_minor > 0 && (
          <Sum label={t('customer.saved')} minor={basket.savings_minor} />
        )}
        <Sum label={t('customer.total')} minor={basket.total_minor} large={!part} />
        {part && (
          <>
            <Sum label={t('customer.paid')} minor={shown.paid_minor} />
            <Sum label={t('customer.due')} minor={shown.due_minor} large />
          </>
        )}
        {shown.phase === 'paying' && shown.due_cash_minor !== shown.due_minor && (
          <Sum label={t('customer.inCash')} minor={shown.due_cash_minor} />
        )}
      </div>
      {shown.phase === 'paying' && <Ask asking={shown.asking} />}
    </aside>
  );
}

function Thanks({ shown }: { shown: Extract<Shown, { phase: 'thanks' }> }): JSX.Element {
  const { basket } = shown;
  return (
    <section class="shown__thanks" role="status">
      <h1>{t('customer.thanks')}</h1>
      <Sum label={t('customer.paidTotal')} minor={basket.total_minor} />
      {shown.rounding_minor !== 0 && (
        <Sum label={t('customer.rounding')} minor={shown.rounding_minor} />
      )}
      {shown.change_minor > 0 && (
        <Sum label={t('customer.change')} minor={shown.change_minor} large />
      )}
      {basket.savings_minor > 0 && (
        <p>{t('customer.savedAll', { amount: formatMoney(basket.savings_minor) })}</p>
      )}
      {basket.member && basket.member.points_earned > 0 && (
        <p class="num">{t('customer.earned', { n: basket.member.points_earned })}</p>
      )}
      <p class="muted">{shown.receipt}</p>
    </section>
  );
}

function Idle({ store }: { store: string }): JSX.Element {
  return (
    <section class="shown__idle">
      <h1>{store || t('customer.welcome')}</h1>
      {store && <p>{t('customer.welcome')}</p>}
    </section>
  );
}

/** The second screen. */
export function Route(_props: { path: string }): JSX.Element {
  const shown = useShown();
  useEffect(() => wear(shown), [shown]);
  const busy = shown !== null && (shown.phase === 'basket' || shown.phase === 'paying');
  return (
    <main class="shown">
      {shown?.training && <p class="shown__training">{t('customer.training')}</p>}
      {busy && (
        <>
          <header class="shown__head">{shown.store}</header>
          <div class="shown__body">
            <Lines basket={shown.basket} />
            <Side shown={shown} />
          </div>
        </>
      )}
      {shown?.phase === 'thanks' && <Thanks shown={shown} />}
      {(shown === null || shown.phase === 'idle') && <Idle store={shown?.store ?? ''} />}
    </main>
  );
}
