// One law: each way to pay shows what it takes and what remains after it; none takes more than is due,
// but cash, which gives change.
import type { JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { cardAccount } from '../../core/card';
import { denominations } from '../../core/denominations';
import { cashSuggestions, givesChange, inCoins, pointsFor } from '../../core/tenders';
import type { TenderKind } from '../../core/types';
import { currency, formatMoney, formatNumber, inLanguage, t } from '../../i18n';
import {
  AmountPad,
  Button,
  EmptyState,
  LargeMoney,
  Notice,
  Skeleton,
  TextField,
  takeScans,
} from '../../ui';
import { useTill } from '../context';
import { askMember, askRights, type Rights } from '../member';
import { payByCode } from '../reading';
import { failureText } from '../refused';
import { redeem, settled, take } from './taking';

/** Notes and coins: quick amounts, or what is typed; the change shows before it is taken. */
export function CashPay({ kind }: { kind: TenderKind }): JSX.Element {
  const till = useTill();
  const { dueMinor: exact, dueCashMinor } = settled(till);
  const [typed, setTyped] = useState<number | null>(null);
  const { code, exponent } = currency.value;
  const rules = till.setup.rules.value;
  const due = kind.kind === 'cash' ? dueCashMinor : exact;
  // Money has to be taken for a due that rounds to no coin too: none of it.
  const suggestions = due > 0 ? cashSuggestions(due, denominations(code, exponent)) : [due];
  const given = typed ?? due;
  const change = givesChange(kind.kind, rules) ? inCoins(given - due, rules.coinMinor) : 0;
  const takeNow = (amount: number): void => {
    setTyped(null);
    void take(till, kind.kind, amount);
  };
  return (
    <div class="stack">
      {due !== exact && (
        <p class="muted num" aria-live="polite">
          {t('sell.pay.rounded', {
            due: formatMoney(due),
            rounding: formatMoney(due - exact, { signed: true }),
          })}
        </p>
      )}
      <div class="quick-cash">
        {suggestions.map((amount) => (
          <Button key={amount} size="xl" onPress={() => takeNow(amount)}>
            <LargeMoney minor={amount} />
          </Button>
        ))}
      </div>
      <AmountPad
        label={t('sell.pay.given')}
        value={typed}
        suggested={due}
        onChange={setTyped}
        onEnter={() => takeNow(given)}
      />
      <Button
        kind="primary"
        size="xl"
        icon="cash"
        block
        shortcut="↵"
        onPress={() => takeNow(given)}
      >
        {change > 0
          ? t('sell.pay.takeChange', { amount: formatMoney(given), change: formatMoney(change) })
          : t('sell.pay.take', { amount: formatMoney(given) })}
      </Button>
    </div>
  );
}

/** Codes that somebody scanned or typed for a payment. */
function useReference(): [string, (text: string) => void] {
  const [reference, setReference] = useState('');
  useEffect(
    () =>
      payByCode((text, verdict) => {
        // A known article is still sold while money is taken; everything else is the payment's.
        if (['item', 'quantity', 'price', 'held'].includes(verdict.kind)) return false;
        setReference(text);
        return true;
      }),
    [],
  );
  return [reference, setReference];
}

/** A voucher or the code on a customer's phone: its number and its amount. */
export function ReferencePay({ kind }: { kind: TenderKind }): JSX.Element {
  const till = useTill();
  const { dueMinor } = settled(till);
  const [reference, setReference] = useReference();
  const [typed, setTyped] = useState<number | null>(null);
  const [error, setError] = useState('');
  const amount = Math.min(typed ?? dueMinor, dueMinor);
  const isCode = ['alipay', 'wechat'].includes(kind.kind);
  const done = (): void => {
    if (kind.reference && !reference.trim()) {
      setError(t('sell.pay.needsNumber'));
      return;
    }
    // The next one has a number of its own: pressed twice, nothing is taken twice.
    setReference('');
    setTyped(null);
    void take(till, kind.kind, amount, reference.trim());
  };
  return (
    <div class="stack">
      {isCode && (
        <Notice icon="qr">{t('sell.pay.codeHint', { name: inLanguage(kind.names) })}</Notice>
      )}
      <TextField
        label={isCode ? t('sell.pay.code') : t('sell.pay.number')}
        icon="barcode"
        value={reference}
        error={error || undefined}
        autofocus
        max_length={64}
        onInput={(text) => {
          setError('');
          setReference(text);
        }}
        onEnter={done}
      />
      <AmountPad
        label={t('sell.pay.amount')}
        value={typed}
        suggested={dueMinor}
        onChange={setTyped}
        onEnter={done}
      />
      <Button kind="primary" size="xl" block shortcut="↵" onPress={done}>
        {isCode
          ? t('sell.pay.codeSeen', { amount: formatMoney(amount) })
          : t('sell.pay.take', { amount: formatMoney(amount) })}
      </Button>
    </div>
  );
}

/** What a card or a member's points are good for, asked at the node. */
function useRights(key: string): { rights: Rights | null; problem: string } {
  const till = useTill();
  const [rights, setRights] = useState<Rights | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let here = true;
    setRights(null);
    setProblem('');
    if (key) {
      askRights(till, key).then(
        (found) => here && setRights(found),
        (error: unknown) => here && setProblem(failureText(error)),
      );
    }
    return () => {
      here = false;
    };
  }, [till, key]);
  return { rights, problem };
}

/** A gift card: its number, what is on it, and how much of it is spent. */
export function GiftPay(): JSX.Element {
  const till = useTill();
  const [typed, setTyped] = useState('');
  const [account, setAccount] = useState<string | null>(null);
  const look = useCallback((code: string): void => {
    setTyped(code);
    setAccount(null);
    void cardAccount(code).then(setAccount);
  }, []);
  useLayoutEffect(() => takeScans((scan) => look(scan.text)), [look]);
  const { rights, problem: failure } = useRights(account ? `gift:${account}` : '');
  const problem = account === '' ? t('sell.refused.voucher-needed') : failure;
  return (
    <div class="stack">
      <TextField
        label={t('sell.gift.number')}
        hint={t('sell.capture.hint')}
        icon="gift"
        value={typed}
        error={problem || undefined}
        autofocus
        max_length={64}
        onInput={setTyped}
        onEnter={() => look(typed)}
        after={<Button onPress={() => look(typed)}>{t('sell.gift.look')}</Button>}
      />
      {account && !rights && !problem && <Skeleton width={24} />}
      {rights && (
        <Spend
          rights={rights}
          most={rights.here}
          label={t('sell.gift.balance', { amount: formatMoney(Math.max(0, rights.here)) })}
          spend={(minor) => redeem(till, 'gift', rights.key, minor, minor)}
        />
      )}
    </div>
  );
}

/** A member's points, turned into money as headquarters rules. */
export function PointsPay(): JSX.Element {
  const till = useTill();
  const rules = till.setup.rules.value;
  const member = till.selling.basket.value.member;
  const { rights, problem } = useRights(member ? `points:${member.id}` : '');
  if (!member) {
    return (
      <EmptyState
        icon="star"
        title={t('sell.points.noMember')}
        text={t('sell.points.noMemberText')}
      >
        <Button icon="person" onPress={() => void askMember(till)}>
          {t('sell.member.title')}
        </Button>
      </EmptyState>
    );
  }
  if (problem) return <Notice mood="danger">{problem}</Notice>;
  if (!rights) return <Skeleton width={24} />;
  const worth = rules.loyalty?.redeemMinorPerPoint ?? 0;
  const least = rules.loyalty?.minRedeem ?? 0;
  const few = rights.here < least;
  return (
    <div class="stack">
      {few && <Notice mood="warn">{t('sell.points.few', { least: formatNumber(least) })}</Notice>}
      <Spend
        rights={rights}
        most={few ? 0 : rights.here * worth}
        label={t('sell.points.balance', {
          points: formatNumber(Math.max(0, rights.here)),
          amount: formatMoney(Math.max(0, rights.here) * worth),
        })}
        spend={(minor) => {
          const { points, worthMinor } = pointsFor(minor, rules);
          return redeem(till, 'points', rights.key, points, worthMinor);
        }}
      />
    </div>
  );
}

function Spend(props: {
  rights: Rights;
  most: number;
  label: string;
  spend: (minor: number) => Promise<void>;
}): JSX.Element {
  const till = useTill();
  const { dueMinor } = settled(till);
  const [typed, setTyped] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const amount = Math.max(0, Math.min(typed ?? dueMinor, dueMinor, props.most));
  const done = async (): Promise<void> => {
    if (busy || amount === 0) return;
    setBusy(true);
    await props.spend(amount).catch((error: unknown) => setProblem(failureText(error)));
    setBusy(false);
  };
  return (
    <div class="stack">
      <Notice mood={props.most > 0 ? 'ok' : 'warn'} title={props.label}>
        {props.rights.elsewhere > 0 && <p class="small">{t('sell.rights.elsewhere')}</p>}
      </Notice>
      {problem && <Notice mood="danger">{problem}</Notice>}
      <AmountPad
        label={t('sell.pay.amount')}
        value={typed}
        suggested={amount}
        onChange={setTyped}
        onEnter={() => void done()}
      />
      <Button
        kind="primary"
        size="xl"
        block
        busy={busy}
        disabled={amount === 0}
        shortcut="↵"
        onPress={() => void done()}
      >
        {t('sell.pay.spend', { amount: formatMoney(amount) })}
      </Button>
    </div>
  );
}
