// What has passed once passes for ever: totals that do not sink, and required tests of which it is known why they fail.

// Returns what is wrong with these results, a line for each fault.
export function faults(floor, judged, totals) {
    const found = [];
    for (const kind of ['required', 'optimal']) {
        const { passed } = totals[kind];
        if (passed < floor[kind]) found.push(`${kind}: ${passed} passed, and ${floor[kind]} did once`);
        if (passed > floor[kind]) found.push(`${kind}: ${passed} passed, which is more than ${floor[kind]}: raise the floor`);
    }
    for (const { id, message } of failures(judged).filter(({ id }) => !(id in floor.known))) {
        found.push(`${id} is required, did not pass, and is not known to fail: ${message}`);
    }
    for (const [id, reason] of Object.entries(floor.known)) {
        if (!reason) found.push(`${id} is known to fail, and nobody says why`);
        if (!failures(judged).some(test => test.id === id)) found.push(`${id} is known to fail, and did not: raise the floor`);
    }
    return found;
}

// Returns a floor that these results stand on. What fails newly has no reason yet, and somebody has to say one.
export function raised(floor, judged, totals) {
    const sunk = ['required', 'optimal'].filter(kind => totals[kind].passed < floor[kind]);
    if (sunk.length > 0) throw new Error(`the floor is not lowered: fewer ${sunk.join(' and ')} tests passed than did once`);
    const known = Object.fromEntries(failures(judged).map(({ id }) => [id, floor.known[id] ?? '']));
    return { required: totals.required.passed, optimal: totals.optimal.passed, known };
}

function failures(judged) {
    return judged.filter(test => test.kind === 'required' && test.outcome !== 'passed');
}
