// Tests by random examples use the same ones each time; SEED=… tries others.
import * as fc from 'fast-check';

const { SEED, RUNS } = import.meta.env as Record<string, string | undefined>;
fc.configureGlobal({ seed: Number(SEED ?? 1970), ...(RUNS ? { numRuns: Number(RUNS) } : {}) });
