export { freePort } from '../../src/lab/labs/free-port.ts';
