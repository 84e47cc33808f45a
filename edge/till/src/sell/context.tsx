// One law: every part of the selling screen gets the till from here and from nowhere else.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Till } from '../data/ports';

const Context = createContext<Till | null>(null);

/** Hands the till to everything inside. */
export const TillProvider = Context.Provider;

/** The till that this page sells with. */
export function useTill(): Till {
  const till = useContext(Context);
  if (till === null) throw new Error('useTill needs a TillProvider around it');
  return till;
}
