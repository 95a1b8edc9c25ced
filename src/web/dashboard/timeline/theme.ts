/** The colours of `styles/tokens.css` for what draws on a canvas. */
export interface Theme {
  /** The value of a custom property. */
  readonly colour: (name: string) => string;
  /** Called when the page turns light or dark; returns how to stop listening. */
  onChange(listener: () => void): () => void;
}

export function createTheme(): Theme {
  const known = new Map<string, string>();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  return {
    colour(name) {
      let value = known.get(name);
      if (value === undefined) {
        value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        known.set(name, value);
      }
      return value;
    },
    onChange(listener) {
      const changed = (): void => {
        known.clear();
        listener();
      };
      dark.addEventListener('change', changed);
      return () => dark.removeEventListener('change', changed);
    },
  };
}
