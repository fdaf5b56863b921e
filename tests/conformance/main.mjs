// One run against one profile. `run` says what the words mean.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { faults, raised } from './floor.mjs';
import { KINDS, judge, totals } from './score.mjs';
import { meet, startGateway, startOrigin, stop } from './servers.mjs';
import { load } from './suite.mjs';

const FLOOR = new URL('floor.json', import.meta.url);
const EMPTY = { required: 0, optimal: 0, known: {} };

const { values: said } = parseArgs({
    options: {
        profile: { type: 'string', default: 'rfc' },
        id: { type: 'string' },
        suite: { type: 'string' },
        score: { type: 'string' },
        raise: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
    },
});

// Runs these tests between servers that are stopped whatever happens.
async function results(suite, tests, loud) {
    const origin = await startOrigin(suite, loud);
    const gateway = await startGateway(origin, said.profile, suite.settings);
    await meet(gateway);
    const hung = setTimeout(() => { console.error('the tests do not end'); process.exit(1); }, 300_000);
    const found = await suite.run(tests, gateway.base);
    clearTimeout(hung);
    await stop(gateway, 0);
    await stop(origin, 'SIGTERM');
    return found;
}

async function one(suite) {
    const group = suite.tests.find(({ tests }) => tests.some(({ id }) => id === said.id));
    if (!group) throw new Error(`there is no test ${said.id}`);
    const test = { ...group.tests.find(({ id }) => id === said.id), dump: true };
    const result = (await results(suite, [{ ...group, tests: [test] }], true))[said.id];
    console.log(`${test.id} (${test.kind ?? 'required'}): ${test.name}`);
    console.log(result === true ? 'passed' : `${result[0]}: ${result[1]}`);
    return result === true;
}

function table(counted, published) {
    const rows = KINDS.map(kind => {
        const { passed, of } = counted[kind];
        const beside = published ? `   (${published[kind].passed} of ${published[kind].of})` : '';
        return `${kind.padEnd(10)}${String(passed).padStart(4)} of ${of}${beside}`;
    });
    return rows.join('\n');
}

function print(judged) {
    const rest = judged.filter(({ group }) => group !== 'surrogate-control');
    if (said.json) {
        const failed = judged.filter(({ outcome }) => outcome !== 'passed');
        console.log(JSON.stringify({ profile: said.profile, totals: totals(judged), failed }, null, 2));
        return;
    }
    console.log(rest.length < judged.length ? 'passed (in brackets: without Surrogate-Control)' : 'passed');
    console.log(table(totals(judged), rest.length < judged.length ? totals(rest) : undefined));
    for (const kind of ['required', 'optimal']) {
        console.log(`\n${kind}, not passed:`);
        for (const test of judged.filter(test => test.kind === kind && test.outcome !== 'passed')) {
            console.log(`  ${test.id}: ${test.outcome}: ${test.message}`);
        }
    }
}

// Returns whether the results stand on the floor, or writes the floor that they stand on.
function compare(judged) {
    const floors = JSON.parse(readFileSync(FLOOR));
    const floor = floors[said.profile] ?? EMPTY;
    if (said.raise) {
        floors[said.profile] = raised(floor, judged, totals(judged));
        writeFileSync(FLOOR, `${JSON.stringify(floors, null, 4)}\n`);
        return true;
    }
    const found = faults(floor, judged, totals(judged));
    found.forEach(fault => console.error(`floor.json, ${said.profile}: ${fault}`));
    return found.length === 0;
}

async function main() {
    const suite = await load(said.suite);
    if (said.id) return one(suite);
    const settings = Object.entries(suite.settings).map(([name, value]) => ` ${name}=${value} (${suite.why})`).join('');
    if (!said.json) console.log(`=== ${said.score ?? `PROFILE=${said.profile}${settings}`}`);
    const judged = judge(suite, said.score ? JSON.parse(readFileSync(said.score)) : await results(suite, suite.tests));
    print(judged);
    return said.suite || said.score ? true : compare(judged);
}

try {
    process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
    console.error(error.message);
    process.exit(1);
}
