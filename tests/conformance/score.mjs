// Counts as the public scoreboard does: a test of which another one that it depends on has not passed has not passed.

export const KINDS = ['required', 'optimal', 'check'];

// The suite's own signs, in words.
const OUTCOMES = {
    '✅': 'passed', 'Y': 'passed', '⛔️': 'failed', '⚠️': 'failed', 'N': 'failed', '-': 'not run',
    '🔹': 'setup failed', '⁉️': 'harness failed', '⚪️': 'dependency failed', '↻': 'asked twice',
};

// Returns every test that a proxy is asked, with its outcome.
export function judge(suite, results) {
    const proxys = suite.tests.flatMap(({ id, tests }) => tests.map(test => ({ ...test, group: id })));
    return proxys.filter(test => test.browser_only !== true).map(test => ({
        id: test.id,
        group: test.group,
        kind: test.kind ?? 'required',
        outcome: outcome(suite, results, test.id),
        message: message(suite, results, test),
    }));
}

function outcome(suite, results, id) {
    const sign = suite.determineTestResult(suite.tests, id, results)[2];
    const word = OUTCOMES[sign];
    if (word === undefined) throw new Error(`the suite says ${sign} of ${id}, and nobody knows what that is`);
    return word;
}

function message(suite, results, test) {
    const missing = (test.depends_on ?? []).filter(id => outcome(suite, results, id) !== 'passed');
    const own = Array.isArray(results[test.id]) ? results[test.id][1] : '';
    return missing.length > 0 ? `depends on ${missing.join(', ')}${own && `; ${own}`}` : own;
}

// Returns for each kind how many tests there are and how many have passed.
export function totals(judged) {
    const count = kind => {
        const of = judged.filter(test => test.kind === kind);
        return { passed: of.filter(test => test.outcome === 'passed').length, of: of.length };
    };
    return Object.fromEntries(KINDS.map(kind => [kind, count(kind)]));
}
