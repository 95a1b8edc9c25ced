import fc from 'fast-check';

// What properties try is drawn anew with each commit and is the same for all who try that one: what passed once passes
// again. A file that is run by itself draws anew each time.
const seed = process.env['PROPERTY_SEED'];
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });

export default fc;
