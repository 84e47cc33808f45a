// One law: a picture of a document has its place kept free until it is here, and its address is let go.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Till } from '../data/ports';
import { t } from '../i18n';
import { type Failure, failureOf } from './failure';
import { Failed } from './load';

/** Shows a receipt or report as the node draws it. */
export function Picture(props: { till: Till; path: string; label: string }): JSX.Element {
  const { till, path } = props;
  const [address, setAddress] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let made = '';
    let late = false;
    setFailure(null);
    till.api.blob(path).then(
      (blob) => {
        if (late) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      },
      (error: unknown) => late || setFailure(failureOf(error)),
    );
    return () => {
      late = true;
      setAddress('');
      if (made) URL.revokeObjectURL(made);
    };
  }, [till, path, round]);
  if (failure) return <Failed failure={failure} again={() => setRound(round + 1)} />;
  return (
    <figure class="paper" aria-busy={address === ''}>
      {address ? (
        <img src={address} alt={props.label} />
      ) : (
        <span class="skeleton paper__wait" role="status" aria-label={t('ui.loading')} />
      )}
    </figure>
  );
}
