// The catalogue's own thread: parsing and searching 100,000 products never holds up a sale.
import { CatalogueEngine } from './catalogue-engine';
import type { Ask, Told } from './catalogue-messages';
import { openDatabase } from './idb';
import type { CataloguePage } from './wire';

declare const self: DedicatedWorkerGlobalScope;

const PATIENCE_MS = 60_000;
const SLICE = 2_000;
let token = '';

function tell(told: Told): void {
  self.postMessage(told);
}

async function fetchPage(cursor: string): Promise<CataloguePage> {
  const query = new URLSearchParams({ after: cursor, limit: '5000' });
  const response = await fetch(`/api/v1/till/catalogue?${query}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(PATIENCE_MS),
    cache: 'no-store',
  });
  if (!response.ok) throw new Error(`the node answered ${response.status}`);
  return (await response.json()) as CataloguePage;
}

async function open(): Promise<CatalogueEngine> {
  const engine = new CatalogueEngine({
    db: await openDatabase(),
    nowMs: Date.now,
    fetchPage,
    onState: (state) => tell({ state }),
  });
  await engine.open();
  prepare(engine, 0);
  return engine;
}

/** Gets ready for searching in slices, so that scans in between do not wait. */
function prepare(engine: CatalogueEngine, from: number): void {
  if (engine.assortment.prepare(SLICE, from)) setTimeout(prepare, 0, engine, from + SLICE);
}

async function answer({ method, args }: Ask): Promise<unknown> {
  const engine = await opening;
  const { assortment } = engine;
  const [first, second] = args as [string, number];
  switch (method) {
    case 'open':
      return engine.announce();
    case 'update':
      token = first;
      await engine.update();
      return prepare(engine, 0);
    case 'bySkus':
      return (args[0] as string[]).flatMap((sku) => assortment.bySku(sku) ?? []);
    case 'search':
      return assortment.search(first, second, args[2] as string[]);
    case 'byCategory':
      return assortment.byCategory(first, second);
    case 'categories':
      return assortment.categories();
    default:
      return assortment[method](first);
  }
}

self.postMessage('alive'); // whoever started this knows that it runs
const opening = open(); // not asked for yet: whoever asks first waits less
opening.catch(() => undefined); // those who ask are told

self.addEventListener('message', ({ data }: MessageEvent<Ask>) => {
  answer(data).then(
    (result) => tell({ id: data.id, result }),
    (error: unknown) =>
      tell({ id: data.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
