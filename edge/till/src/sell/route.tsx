// One law: the selling area is one screen; it opens as soon as the till knows its store.
import type { JSX } from 'preact';
import type { AreaProps } from '../route';
import { NotReady, SellScreen } from './screen';

/** The selling area. */
export function Route({ till }: AreaProps): JSX.Element {
  return till.setup.document.value === null ? <NotReady /> : <SellScreen />;
}
