// One law: a sale is found by what the customer brings: the receipt's code, its number, or the day.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { formatDateTime, formatMoney, t } from '../i18n';
import { go } from '../route';
import { Button, EmptyState, List, ListItem, Notice, Page, showToast, TextField } from '../ui';
import { failureOf } from './failure';
import { Loaded, useLoad } from './load';
import { actorName } from './people';
import { idIn, receiptIn, spellings } from './receipt-code';
import { type Credit, creditsKept, dropCredit, takeCredit } from './returning';
import { useScans } from './scans';
import type { SaleDetail, SaleSummary } from './wire';

/** Find a sale's id by its receipt's code or number; null if the node knows none. */
export async function saleByReceipt(till: Till, text: string): Promise<string | null> {
  const id = idIn(text);
  if (id) {
    const { sale } = await till.api.get<SaleDetail>(`/sales/${id}`);
    return sale.id;
  }
  for (const receipt of spellings(text)) {
    const page = await till.api.get<{ sales: SaleSummary[] }>(
      `/sales?receipt=${encodeURIComponent(receipt)}`,
    );
    if (page.sales[0]) return page.sales[0].id;
  }
  return null;
}

/** Why no sale was found, and what to do. */
function whyNot(error: unknown, said: string): string {
  const { code, unreachable, text } = failureOf(error);
  if (code === 'not-found') return t('desk.return.elsewhere', { receipt: receiptIn(said) });
  return unreachable ? t('desk.failure.unreachableText') : text;
}

function Recent({ till }: { till: Till }): JSX.Element {
  const staff = till.setup.document.value?.staff ?? [];
  const [load, again] = useLoad('recent', () =>
    till.api.get<{ sales: SaleSummary[] }>('/sales?limit=30'),
  );
  return (
    <section>
      <h2 class="section">{t('desk.return.recent')}</h2>
      <Loaded load={load} again={again}>
        {({ sales }) =>
          sales.length === 0 ? (
            <EmptyState
              icon="receipt"
              title={t('desk.return.noSales')}
              text={t('desk.return.noSalesText')}
            />
          ) : (
            <List label={t('desk.return.recent')}>
              {sales.map((sale) => (
                <ListItem
                  key={sale.id}
                  icon="receipt"
                  title={sale.receipt}
                  text={`${formatDateTime(sale.at_ms)} · ${actorName(sale.actor, staff)}`}
                  after={<strong class="num">{formatMoney(sale.total_minor)}</strong>}
                  onPress={() => go(`desk/return/${sale.id}`)}
                />
              ))}
            </List>
          )
        }
      </Loaded>
    </section>
  );
}

/** An exchange whose credit reached no basket, as after a power cut: it is offered until it does. */
function Unspent({ till }: { till: Till }): JSX.Element {
  const [credits, setCredits] = useState(creditsKept);
  return (
    <>
      {credits.map((credit) => (
        <UnspentOne
          key={credit.returnId}
          till={till}
          credit={credit}
          onGone={() => setCredits(creditsKept())}
        />
      ))}
    </>
  );
}

function UnspentOne(props: { till: Till; credit: Credit; onGone: () => void }): JSX.Element {
  const { till, credit } = props;
  const take = async (): Promise<void> => {
    try {
      await till.api.get(`/returns/${credit.returnId}`);
      if (takeCredit(till, credit)) go('');
      else showToast({ text: t('sell.refused.exchange-twice'), bad: true });
    } catch (error) {
      const { code, title, text } = failureOf(error);
      if (code !== 'not-found')
        return showToast({ text: t('desk.failure.toast', { title, text }), bad: true });
      dropCredit(credit);
      props.onGone();
    }
  };
  const amount = formatMoney(credit.amountMinor);
  return (
    <Notice
      mood="warn"
      title={t('desk.return.unspent', { amount })}
      actions={<Button onPress={() => void take()}>{t('desk.refund.sellOn')}</Button>}
    >
      <p>{t('desk.return.unspentText')}</p>
    </Notice>
  );
}

/** Finds the sale that goods come back from, or goes on without a receipt. */
export function FindSale(props: { till: Till; onBack: () => void }): JSX.Element {
  const { till } = props;
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const find = async (said: string): Promise<void> => {
    if (!said.trim()) return;
    setProblem('');
    try {
      const sale = await saleByReceipt(till, said);
      if (sale) go(`desk/return/${sale}`);
      else setProblem(t('desk.return.unknown', { receipt: receiptIn(said) }));
    } catch (error) {
      setProblem(whyNot(error, said));
    }
  };
  useScans((scan) => find(scan.text));
  return (
    <Page
      title={t('desk.nav.return')}
      onBack={props.onBack}
      narrow
      actions={
        <Button icon="block" onPress={() => go('desk/return/blind')}>
          {t('desk.return.blind')}
        </Button>
      }
    >
      <div class="stack stack--wide">
        <Unspent till={till} />
        <TextField
          label={t('desk.return.find')}
          hint={t('desk.return.findHint')}
          icon="qr"
          type="search"
          value={text}
          error={problem || undefined}
          autofocus
          onInput={setText}
          onEnter={() => void find(text)}
          after={
            <Button kind="quiet" onPress={() => void find(text)}>
              {t('desk.return.findGo')}
            </Button>
          }
        />
        {till.presence.state.value.node === 'down' ? (
          <Notice mood="warn" icon="cut" title={t('desk.return.cut')}>
            <p>{t('desk.return.cutText')}</p>
          </Notice>
        ) : (
          <Recent till={till} />
        )}
      </div>
    </Page>
  );
}
