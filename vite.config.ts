import { join } from 'node:path';
import { defineConfig } from 'vite';

/** The dashboard: `src/web/dashboard/` as a few files in `dist/web/dashboard/`, which load nothing from elsewhere. */
export default defineConfig({
  root: join(import.meta.dirname, 'src/web/dashboard'),
  base: '/dashboard/',
  build: {
    outDir: join(import.meta.dirname, 'dist/web/dashboard'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Of what is in the bundle.
    license: { fileName: 'LICENSES.md' },
    rolldownOptions: {
      // One control plane serves them all from its memory: names need not tell one build from another.
      output: { entryFileNames: 'page.js', assetFileNames: 'page[extname]' },
    },
  },
});
