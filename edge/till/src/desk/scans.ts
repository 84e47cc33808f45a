// One law: whoever takes scans takes them with what the page knows now, not with what it knew first.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Scan, takeScans } from '../ui';

/** Take scans while a component is on the page. */
export function useScans(taker: (scan: Scan) => Promise<void> | void): void {
  const latest = useRef(taker);
  latest.current = taker;
  useLayoutEffect(() => takeScans((scan) => latest.current(scan)), []);
}
