// One law: every screen is built from these parts; none restyles them or brings its own.
//
// How to use it
// - Start once: `startTheme(); startSound(); startLanguage(); startKeyboard((text) => offerScan({text,
//   device: ''}))`, and render `<ToastHost/>` and `<ShortcutHost/>` once beside the page.
// - Pressing: `Button` (kind primary | plain | quiet | warning | danger, size m | l | xl, icon,
//   shortcut, busy) and `IconButton`. A press never moves the focus.
// - Asking: `Dialog` (shape dialog | wide | sheet | menu) is rendered where it is needed and removed
//   when answered: `{open && <Dialog title onClose foot={<Button/>}>…</Dialog>}`. Escape closes it,
//   Tab stays inside, `data-autofocus` gets the focus. While it is open scans wait (with a sound),
//   unless `lets_scans`; a dialog that wants codes itself sets `lets_scans` and calls
//   `useEffect(() => takeScans((scan) => …), [])`.
// - Fields: `TextField`, `TextArea`, `SelectField`, `Choices` (a few, in sight), `Tabs`, `Switch`;
//   errors are sentences with the next step in `error`.
// - Numbers: `AmountPad` (money or anything by `format`), `Keypad`, `PinPad`; they hear the keyboard.
// - Showing: `Money`, `Badge`, `Notice`, `EmptyState`, `List`/`ListItem`, `Table`, `Pairs`, `Spinner`,
//   `Skeleton`, `Icon`; `showToast`, `announce` (read aloud only), `play` (sounds).
// - Keys: `useKeys([{key: 'F4', label: t('…'), run}])` while a component is on the page; labels appear
//   in the overlay (`?`). Key names as in KeyboardEvent.key, `ctrl+x`, `digit`, `character`.
// - CSS: use the tokens (`var(--…)`) of tokens.css and the helpers row, stack, wrap, grow, clip, num,
//   muted, small, card, only-heard, page* below. New colour pairs go into tests/ui/contrast.test.ts.
// - Words: `t('area.key', {n})`, never a literal; formats (money, dates, numbers) come from ../i18n.
import './tokens.css';
import './base.css';
import './controls.css';
import './components.css';
import './overlays.css';
import './page.css';

export { Button, IconButton } from './button';
export { Dialog, Sheet } from './dialog';
export { Choices, SelectField, Switch, Tabs, TextArea, TextField } from './field';
export { Icon, type IconName } from './icons';
export { activeShortcuts, type Shortcut, startKeyboard, useKeys } from './keyboard';
export { AmountPad, appendDigits, Keypad, PinPad } from './keypad';
export { Page } from './page';
export { remember, remembered } from './preferences';
export { dropScans, holdScans, offerScan, type Scan, scansWaiting, takeScans } from './scans';
export { keyName, ShortcutHost, showShortcuts } from './shortcuts';
export {
  Badge,
  type Column,
  EmptyState,
  LargeMoney,
  List,
  ListItem,
  Money,
  type Mood,
  Notice,
  Pairs,
  Skeleton,
  Spinner,
  Table,
} from './show';
export { chooseMuted, muted, play, type Sound, startSound } from './sound';
export { chooseTheme, isDark, startTheme, type Theme, theme } from './theme';
export { announce, clearToasts, showToast, type Toast, ToastHost, withdrawToast } from './toast';
