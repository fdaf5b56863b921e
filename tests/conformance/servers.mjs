// The origin and the gateway, each a process that is started, waited for and stopped.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PATIENCE = 15_000;
const running = new Set();

// However this program ends, nothing that it started outlives it.
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')));
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]]) process.on(signal, () => process.exit(code));

// Starts a program and returns it with the address in the line that says that it listens.
async function start(name, program, args, options, loud) {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
    running.add(child);
    child.on('exit', () => running.delete(child));
    const address = new Promise((resolve, reject) => {
        createInterface(child.stdout).on('line', line => {
            const port = /^listening on .*:(\d+)\/?$/i.exec(line)?.[1];
            if (port) resolve(`http://127.0.0.1:${port}`);
            else if (loud) console.log(line);
        });
        child.on('error', reject);
        child.on('exit', code => reject(new Error(`${name} ended with ${code} before it listened`)));
        setTimeout(() => reject(new Error(`${name} does not say that it listens`)), PATIENCE).unref();
    });
    return { name, child, base: await address };
}

export function startOrigin(suite, loud) {
    const preload = fileURLToPath(new URL('loopback.cjs', import.meta.url));
    const environment = { npm_config_protocol: 'http', npm_config_port: '0', npm_config_pidfile: '/dev/null' };
    const options = { cwd: suite.folder, env: { ...process.env, ...environment } };
    return start('the origin', process.execPath, ['--require', preload, suite.server], options, loud);
}

export function startGateway(origin, profile, settings) {
    const environment = { LISTEN: '127.0.0.1:0', ORIGIN: origin.base, PROFILE: profile, ...settings };
    return start('the gateway', process.env.GATEWAY, [], { env: { ...process.env, ...environment } });
}

// Asks the origin for what it cannot have, through the gateway: it is the origin that says so, and the gateway was there.
export async function meet(gateway) {
    const response = await fetch(`${gateway.base}/state/nobody`);
    const text = await response.text();
    if (response.status !== 404 || !text.includes('nobody') || !response.headers.get('via')?.includes('larder')) {
        throw new Error(`the origin does not answer through the gateway: ${response.status} ${text}`);
    }
}

// Stops a process, and complains if that takes force or it ends with an error.
export async function stop({ name, child }, expected) {
    if (!running.has(child)) throw new Error(`${name} ended while the tests ran`);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    const how = (await ended).find(part => part !== null);
    clearTimeout(force);
    if (how !== expected) throw new Error(`${name} was to end with ${expected}, and ended with ${how}`);
}
