// One law: another price says why, and who allowed it.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { overrideNeedsApproval } from '../core/approval';
import type { PricedLine } from '../core/types';
import type { Till } from '../data/ports';
import { formatMoney, inLanguage, t } from '../i18n';
import { AmountPad, Button, Choices, Dialog, Notice } from '../ui';
import { askManager } from './adding';
import { ask } from './ask';
import { priceText } from './questions';
import { reasonsFor, reasonWords } from './reasons';
import { rolesOf } from './state';

/** Ask for another price of a line and, where the person may not, for a manager's PIN. */
export async function askOverride(
  till: Till,
  found: PricedLine,
): Promise<NonNullable<PricedLine['line']['override']> | null> {
  const { line } = found;
  const rules = till.setup.rules.value;
  const wished = await ask<{ minor: number; reason: string }>((answer) => (
    <OverrideDialog till={till} found={found} answer={answer} />
  ));
  if (!wished) return null;
  const { minor: priceMinor, reason } = wished;
  const { priceQuantity } = line;
  if (!overrideNeedsApproval(rolesOf(till), rules)) {
    const approver = till.session.current.value?.staff ?? '';
    return { priceMinor, priceQuantity, reason, approver };
  }
  const approver = await askManager(till, {
    action: 'price-override',
    reason,
    words: `${inLanguage(line.names)} · ${reasonWords(reasonsFor(rules, 'price'), reason)}`,
    detail: `${line.sku} ${formatMoney(line.priceMinor)} → ${formatMoney(priceMinor)}`,
    title: t('sell.approve.price'),
  });
  return approver === null ? null : { priceMinor, priceQuantity, reason, approver };
}

function OverrideDialog(props: {
  till: Till;
  found: PricedLine;
  answer: (wished: { minor: number; reason: string } | null) => void;
}): JSX.Element {
  const { till, found, answer } = props;
  const rules = till.setup.rules.value;
  const reasons = reasonsFor(rules, 'price');
  const [typed, setTyped] = useState<number | null>(null);
  const [reason, setReason] = useState(reasons[0]?.value ?? 'other');
  const done = (): void => {
    if (typed !== null) answer({ minor: typed, reason });
  };
  return (
    <Dialog
      title={t('sell.line.price')}
      shape="wide"
      onClose={() => answer(null)}
      foot={
        <Button
          size="xl"
          kind="primary"
          block
          disabled={typed === null}
          onPress={done}
          shortcut="↵"
        >
          {t('sell.price.take')}
        </Button>
      }
    >
      <div class="two">
        <AmountPad
          label={t('sell.line.newPrice', { price: priceText({ ...found.line }) })}
          value={typed}
          suggested={found.priceMinor}
          onChange={setTyped}
          onEnter={done}
        />
        <div class="stack">
          <Choices
            label={t('sell.reason')}
            show_label
            value={reason}
            options={reasons}
            onChange={setReason}
          />
          {overrideNeedsApproval(rolesOf(till), rules) && (
            <Notice icon="lock">{t('sell.discount.needsManager')}</Notice>
          )}
        </div>
      </div>
    </Dialog>
  );
}
