// The counting is that of the public scoreboard, and the floor holds.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { faults, raised } from './floor.mjs';
import { KINDS, judge, totals } from './score.mjs';
import { load } from './suite.mjs';

const suite = await load();

function passed(server) {
    const results = JSON.parse(readFileSync(new URL(`node_modules/http-cache-tests/results/${server}.json`, import.meta.url)));
    const counted = totals(judge(suite, results));
    return KINDS.map(kind => counted[kind].passed);
}

test('there are 350 tests of a proxy', () => {
    const counted = totals(judge(suite, {}));
    assert.deepEqual(KINDS.map(kind => counted[kind].of), [165, 95, 90]);
    assert.deepEqual(KINDS.map(kind => counted[kind].passed), [0, 0, 0]);
});

// Without their dependencies 100, 123 and 141 required tests would have passed.
test('results that the suite ships are counted with their dependencies', () => {
    assert.deepEqual(passed('nginx'), [94, 50, 27]);
    assert.deepEqual(passed('varnish'), [107, 40, 19]);
    assert.deepEqual(passed('squid'), [122, 49, 51]);
});

const required = (id, outcome) => ({ id, kind: 'required', outcome, message: 'it said' });
const judged = [required('a', 'passed'), required('b', 'failed'), { id: 'c', kind: 'optimal', outcome: 'passed' }];

test('results that stand exactly on the floor have no fault', () => {
    assert.deepEqual(faults({ required: 1, optimal: 1, known: { b: 'for a reason' } }, judged, totals(judged)), []);
});

test('whatever is below the floor, above it, or not known is a fault', () => {
    const said = floor => faults(floor, judged, totals(judged)).join('\n');
    assert.match(said({ required: 2, optimal: 1, known: { b: 'why' } }), /^required: 1 passed, and 2 did once$/);
    assert.match(said({ required: 1, optimal: 0, known: { b: 'why' } }), /^optimal: 1 passed, .* raise the floor$/);
    assert.match(said({ required: 1, optimal: 1, known: {} }), /^b is required, did not pass, and is not known to fail: it said$/);
    assert.match(said({ required: 1, optimal: 1, known: { b: '' } }), /^b is known to fail, and nobody says why$/);
    assert.match(said({ required: 1, optimal: 1, known: { b: 'why', a: 'why' } }), /^a is known to fail, and did not: /);
});

test('a raised floor keeps the reasons that still hold, and is never a lower one', () => {
    const known = { a: 'before', b: 'why' };
    assert.deepEqual(raised({ required: 0, optimal: 1, known }, judged, totals(judged)), {
        required: 1, optimal: 1, known: { b: 'why' },
    });
    assert.throws(() => raised({ required: 1, optimal: 2, known }, judged, totals(judged)), /fewer optimal tests/);
});
