// A newer till takes over at a start, never while somebody works with the one that runs.

const HOUR_MS = 3_600_000;
const PATIENCE_MS = 4_000;

/** Before the till opens: lets a version that waits take over; true if the page is loading anew. */
export async function takeUpdate(container: ServiceWorkerContainer | undefined): Promise<boolean> {
  const registration = await container?.getRegistration('/till/');
  const waiting = registration?.waiting;
  if (!container || !waiting || !container.controller) return false;
  const changed = new Promise<boolean>((resolve) => {
    container.addEventListener('controllerchange', () => resolve(true), { once: true });
    setTimeout(resolve, PATIENCE_MS, false);
  });
  waiting.postMessage('activate');
  if (!(await changed)) return false;
  window.location.reload();
  return true;
}

/** Registers the worker and looks for newer versions; `onReady`: one waits for the next start. */
export async function register(
  container: ServiceWorkerContainer | undefined,
  onReady: () => void,
): Promise<void> {
  const registration = await container?.register('/till/sw.js', {
    scope: '/till/',
    updateViaCache: 'none',
  });
  if (!registration) return;
  const look = () => {
    if (registration.waiting && container?.controller) onReady();
  };
  look();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  setInterval(() => void registration.update().catch(() => undefined), HOUR_MS); // the next hour will do
}
