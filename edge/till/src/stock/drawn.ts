// One law: what the node draws on demand comes as one file, and its address is let go again.
import { problemOf } from '../data/api';
import type { Till } from '../data/ports';

const READING_MS = 60_000;

/** Has the node draw something and gives it back; throws its problem. */
export async function fetchDrawn(till: Till, path: string, body: object): Promise<Blob> {
  const response = await till.api.raw('POST', path, body);
  if (!response.ok) throw await problemOf(response);
  return response.blob();
}

/** Opens a file in a window of its own. */
export function openFile(file: Blob): void {
  const address = URL.createObjectURL(file);
  window.open(address, '_blank');
  setTimeout(() => URL.revokeObjectURL(address), READING_MS);
}
