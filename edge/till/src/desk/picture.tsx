// One law: a picture of a document has its place kept free until it is here, and its address is let go.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { t } from '../i18n';
import { Failed, useLoad } from './load';

/** Shows a receipt or report as the node draws it. */
export function Picture({
  till,
  path,
  label,
}: {
  till: Till;
  path: string;
  label: string;
}): JSX.Element {
  return <Drawn id={path} ask={() => till.api.blob(path)} label={label} wait="paper__wait" />;
}

/** Shows a picture that comes; `id` says which it is, `wait` keeps its place. */
export function Drawn(props: {
  id: string;
  ask: () => Promise<Blob>;
  label: string;
  wait: 'paper__wait' | 'label__wait';
}): JSX.Element {
  const [load, again] = useLoad(props.id, props.ask);
  const [address, setAddress] = useState('');
  const blob = load.state === 'ready' ? load.value : null;
  useEffect(() => {
    if (blob === null) return;
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => {
      setAddress('');
      URL.revokeObjectURL(made);
    };
  }, [blob]);
  if (load.state === 'failed') return <Failed failure={load.failure} again={again} />;
  return (
    <figure class="paper" aria-busy={address === ''}>
      {address ? (
        <img src={address} alt={props.label} />
      ) : (
        <span class={`skeleton ${props.wait}`} role="status" aria-label={t('ui.loading')} />
      )}
    </figure>
  );
}
