// One law: what the node set aside is shown to who may see to it, with the reason it was set aside.
import type { JSX } from 'preact';
import type { Till } from '../data/ports';
import { formatDateTime, problemLine, t } from '../i18n';
import { EmptyState, List, ListItem } from '../ui';
import { Loaded, useLoad } from './load';

/** A document or message that could not be accepted (`GET /quarantine`). */
interface Aside {
  readonly number: number;
  readonly at_ms: number;
  readonly origin: string;
  readonly reason: string;
}

/** What a till handed over begins with its name: that stays, the problem is said after it. */
function reasonText(reason: string): string {
  const [, till = '', rest = reason] = /^(\S+: )?(.+)$/s.exec(reason) ?? [];
  const said = problemLine(rest);
  return said === rest ? reason : till + said;
}

/** The node's quarantine, for managers and auditors. */
export function Quarantine({ till }: { till: Till }): JSX.Element {
  const [load, again] = useLoad('quarantine', () =>
    till.api.get<{ items: Aside[] }>('/quarantine?limit=100'),
  );
  return (
    <section class="stack">
      <h2>{t('desk.quarantine.title')}</h2>
      <Loaded load={load} again={again} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon="check"
              title={t('desk.quarantine.none')}
              text={t('desk.quarantine.noneText')}
            />
          ) : (
            <List label={t('desk.quarantine.title')}>
              {items.map((item) => (
                <ListItem
                  key={item.number}
                  icon="warn"
                  title={reasonText(item.reason)}
                  text={`${item.origin} · ${formatDateTime(item.at_ms)}`}
                />
              ))}
            </List>
          )
        }
      </Loaded>
    </section>
  );
}
