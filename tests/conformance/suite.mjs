// The tests, from the published package or from a clone of its repository, where files have moved since.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const PUBLISHED = fileURLToPath(new URL('node_modules/http-cache-tests', import.meta.url));

// The package was written for RFC 7234, by which a page is stale whose `Age` cannot be read. RFC 9111 has that ignored, and
// so do the newer tests: they ask the profile as it is.
const OLD = { settings: { AGE: 'doubt' }, why: 'the package is written for RFC 7234' };

export async function load(folder = PUBLISHED) {
    folder = resolve(folder);
    const moved = existsSync(join(folder, 'test-engine'));
    const engine = moved ? join(folder, 'test-engine') : folder;
    const from = path => import(pathToFileURL(path));

    const tests = [...(await from(join(folder, 'tests/index.mjs'))).default];
    const surrogate = join(folder, 'tests/surrogate-control.mjs');
    if (!moved && existsSync(surrogate)) tests.push((await from(surrogate)).default);

    const { determineTestResult } = await from(join(engine, moved ? 'lib/results.mjs' : 'lib/display.mjs'));
    const run = async (chosen, base) => {
        const { runTests, getResults } = await from(join(engine, 'client/runner.mjs'));
        if (moved) await runTests(chosen, false, base);
        else await runTests(chosen, createRequire(import.meta.url)('node-fetch'), false, base);
        return getResults();
    };
    return { ...(moved ? { settings: {} } : OLD), folder, server: join(engine, 'server/server.mjs'), tests, determineTestResult, run };
}
