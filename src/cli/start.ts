/**
 * Where `bin/tidegate` begins. What was compiled (in a clone: stripped of its types) is kept for the next time, which
 * makes every command start in two thirds of the time and the control plane some 15 MB smaller. In a folder of our own:
 * the shared default in the temporary directory would run what others put there. Where it cannot be written, nothing is kept.
 */
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/tidegate', import.meta.url)));
await import('./main.ts');
