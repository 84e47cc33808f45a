// One law: what a person likes (theme, language, sound) is remembered by this browser, and a browser
// that forgets it or forbids storage changes nothing but that.

/** Read a remembered preference; null when there is none or storage is forbidden. */
export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`evertill.${name}`);
  } catch {
    return null;
  }
}

/** Remember a preference as well as this browser allows. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`evertill.${name}`, value);
  } catch {
    // A preference is not worth a message: it holds until the page is closed.
  }
}
