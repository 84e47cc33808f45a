// One law: stock work is posted once under one id, and then says what it moved.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Unreachable } from '../data/api';
import type { Till } from '../data/ports';
import { Failed, useAction } from '../desk/load';
import { formatQuantity, inLanguage, t } from '../i18n';
import { go } from '../route';
import { Button, Dialog, Icon, List, ListItem, Notice } from '../ui';
import type { Entry } from './entry';
import type { StockReply } from './wire';

/** Looks a document over, posts it, and shows what the books say after it. */
export function PostDialog(props: {
  till: Till;
  title: string;
  path: string;
  /** Everything but the id. */
  body: Readonly<Record<string, unknown>>;
  list: readonly Entry[];
  /** What else happened, to be said once it is posted. */
  note?: string;
  /** The document is on record: forget the draft. */
  onPosted: () => void;
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const { till } = props;
  const [id] = useState(() => till.newId());
  const [sent, setSent] = useState<Readonly<Record<string, unknown>> | null>(null);
  const [reply, setReply] = useState<StockReply | null>(null);
  const action = useAction();
  const post = (): Promise<boolean> =>
    action.run(async () => {
      const body = sent ?? { ...props.body, id };
      setSent(body);
      const answer = await till.api.post<StockReply>(props.path, body).catch((error: unknown) => {
        // Refused: it may be changed. Not answered: only the same again is safe.
        if (!(error instanceof Unreachable)) setSent(null);
        throw error;
      });
      props.onPosted();
      setReply(answer);
    });
  if (reply) return <Posted {...props} reply={reply} />;
  return (
    <Dialog
      title={props.title}
      firm
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose} disabled={sent !== null}>
            {t('ui.back')}
          </Button>
          <Button kind="primary" busy={action.busy} onPress={() => void post()}>
            {sent ? t('ui.retry') : t('stock.post.go')}
          </Button>
        </>
      }
    >
      <div class="stack">
        {action.failure && <Failed failure={action.failure} />}
        {sent && !action.busy && <Notice mood="warn">{t('stock.post.unknown')}</Notice>}
        {props.children}
      </div>
    </Dialog>
  );
}

function Posted(props: {
  title: string;
  reply: StockReply;
  list: readonly Entry[];
  note?: string;
}): JSX.Element {
  const leave = (): void => go('stock');
  const known = new Map(props.list.map((entry) => [entry.sku, entry]));
  const skus = Object.keys(props.reply.on_hand);
  return (
    <Dialog
      title={t('stock.post.done')}
      firm
      onClose={leave}
      keys={[{ key: 'Enter', label: t('ui.done'), run: leave }]}
      foot={
        <Button kind="primary" shortcut="↵" onPress={leave}>
          {t('ui.done')}
        </Button>
      }
    >
      <div class="stack">
        <p class="row">
          <Icon name="check" /> {props.title}
        </p>
        {props.note && <p>{props.note}</p>}
        <List label={t('stock.post.after')}>
          {skus.map((sku) => {
            const entry = known.get(sku);
            const unit = entry?.unit ?? 'piece';
            const moved = props.reply.moved[sku] ?? 0;
            return (
              <ListItem
                key={sku}
                title={(entry && inLanguage(entry.names)) || sku}
                text={t('stock.post.onHand', {
                  quantity: formatQuantity(props.reply.on_hand[sku] ?? 0, unit),
                })}
                after={
                  <span class="num">
                    {moved > 0 ? '+' : ''}
                    {formatQuantity(moved, unit)}
                  </span>
                }
              />
            );
          })}
        </List>
      </div>
    </Dialog>
  );
}
