// One law: every picture of the till is a few strokes on a 24 by 24 grid, drawn here.
import type { JSX } from 'preact';

const PATHS = {
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm5-1.5L20 20',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  back: 'M10 6l-6 6 6 6M4 12h16',
  next: 'M9 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  menu: 'M4 7h16M4 12h16M4 17h16',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  erase: 'M9 6h11v12H9l-6-6 6-6Zm4 4l4 4m0-4l-4 4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5',
  edit: 'M5 19l1-4L16.5 4.5l3 3L9 18l-4 1Z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8c.6-4 3.6-6 7.5-6s6.900 2 7.500 6',
  people:
    'M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM2.500 19.500c.5-3.500 3-5.500 6.500-5.500s6 2 6.500 5.500M15.500 4.800a3.500 3.500 0 0 1 0 6.400M17.500 14.300c2.200.7 3.600 2.500 4 5.200',
  star: 'M12 4l2.500 5.200 5.600.8-4 4 .900 5.600L12 17l-5 2.600.900-5.600-4-4 5.600-.8L12 4Z',
  ticket:
    'M4 7h16v3.500a1.800 1.800 0 0 0 0 3.500V17.500H4V14a1.800 1.800 0 0 0 0-3.500V7Zm9 1.500v1.500m0 2v1.500m0 2v1.500',
  percent:
    'M6 18L18 6M7.500 9a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600Zm9 9.600a1.800 1.800 0 1 0 0-3.600 1.800 1.800 0 0 0 0 3.600Z',
  pause: 'M8.500 6v12M15.500 6v12',
  inbox: 'M4 14l2.500-8h11L20 14v5H4v-5Zm0 0h5l1 2.500h4l1-2.500h5',
  cash: 'M3 7h18v10H3V7Zm9 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM6 10v4m12-4v4',
  card: 'M3 6h18v12H3V6Zm0 4h18M6.500 14.500h4',
  gift: 'M4 10h16v10H4V10ZM3 7h18v3H3V7Zm9 0v13M12 7c-4 0-5-4-2.500-4S12 7 12 7s0-4 2.500-4S16 7 12 7Z',
  qr: 'M4 4h6v6H4V4Zm10 0h6v6h-6V4ZM4 14h6v6H4v-6Zm10 0h2.500v2.500H14V14Zm3.500 3.500H20V20h-2.500v-2.500Z',
  printer: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7v-6Z',
  receipt:
    'M6 3.500v17l2-1.400 2 1.400 2-1.400 2 1.400 2-1.400 2 1.400v-17l-2 1.400-2-1.400-2 1.400-2-1.400-2 1.400-2-1.400ZM9 9h6M9 12.500h6',
  scale: 'M4 20h16l-2-9H6l-2 9Zm2-13h12M12 7v4m-1.500 5.500L13 14',
  barcode: 'M4 6v12M7 6v12M10.500 6v12M13 6v12M16.500 6v12M20 6v12',
  warn: 'M12 4L2.500 20h19L12 4Zm0 6v5m0 2.500v.01',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-10v5.500M12 7.500v.01',
  block: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM5.800 5.800l12.400 12.400',
  lock: 'M6 11h12v9H6v-9Zm2.500 0V8a3.500 3.500 0 0 1 7 0v3M12 14.500v2.500',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5.500l3.500 2',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13v2m0 14v2M3 12h2m14 0h2M5.600 5.600L7 7m10 10 1.400 1.400m0-12.800L17 7M7 17l-1.400 1.400',
  moon: 'M19.500 14.500A8 8 0 0 1 9.500 4.500a8 8 0 1 0 10 10Z',
  sound:
    'M4 9.500h3.500L12 5.500v13l-4.500-4H4v-5Zm11.500-.5a4 4 0 0 1 0 6m2.500-8.500a7.500 7.500 0 0 1 0 11',
  mute: 'M4 9.500h3.500L12 5.500v13l-4.500-4H4v-5Zm12 .5l4.500 4.500m0-4.500L16 14.500',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm-9-9h18M12 3c-5 5-5 13 0 18 5-5 5-13 0-18Z',
  keyboard: 'M3 7h18v11H3V7Zm3.500 3.500h.01m3.600 0h.01m3.700 0h.01m3.600 0h.01M8 14.500h8',
  box: 'M4 8l8-4.500L20 8v8.500L12 20.500 4 16.500V8Zm0 0l8 4.500L20 8m-8 4.500v8',
  home: 'M4 11l8-7 8 7v9h-5.500v-6h-5v6H4v-9Z',
  list: 'M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01',
  drawer: 'M3 13h18v6H3v-6Zm7 3h4M5 13l2-7h10l2 7',
  gear: 'M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Zm0-12.500v3m0 12v3M4.200 7.500l2.600 1.500m10.400 6 2.600 1.500m0-9L17.200 9m-10.400 6-2.600 1.500',
  cloud: 'M7 18.500a4.500 4.500 0 0 1-.6-9A6 6 0 0 1 18 9.800a4.400 4.400 0 0 1-.5 8.700H7Z',
  cut: 'M7 18.500a4.500 4.500 0 0 1-.6-9A6 6 0 0 1 18 9.800a4.400 4.400 0 0 1-.5 8.700H7ZM3.500 3.500l17 17',
  sync: 'M4.500 12a7.500 7.500 0 0 1 13-5L20 9.500M20 5v4.500h-4.500M19.500 12a7.500 7.500 0 0 1-13 5L4 14.500M4 19v-4.500h4.500',
  note: 'M5 4h14v11l-5 5H5V4Zm9 16v-5h5M8.500 8.500h7M8.500 12h4',
  tag: 'M4 4h8l8.500 8.500-8 8L4 12V4Zm4.500 4.500h.01',
  undo: 'M8.500 5L4 9.500 8.500 14M4 9.500h9.500a5 5 0 0 1 0 10.500H9',
  phone: 'M7.500 3h9v18h-9V3Zm3.500 15h2',
  school: 'M2.500 9L12 4.500 21.500 9 12 13.500 2.500 9ZM6.500 11v5c3 2.600 8 2.600 11 0v-5m4-2v6',
} as const;

/** The name of a picture. */
export type IconName = keyof typeof PATHS;

/** A picture in the colour of the text beside it; it means nothing by itself to who can't see it. */
export function Icon({ name, size = 22 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={name === 'more' ? 3 : 1.8}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
