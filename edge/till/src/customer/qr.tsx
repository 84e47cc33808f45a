// One law: a code is drawn from its text here; nothing is fetched to show it.
import type { JSX } from 'preact';
import { encode } from 'uqr';

/** A QR code as one path: dark modules on white, whatever the theme, so that phones read it. */
export function Qr(props: { text: string; label: string }): JSX.Element {
  const { data, size } = encode(props.text, { ecc: 'M', border: 4 });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={props.label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
