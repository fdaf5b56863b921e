// Loaded before the origin of the suite, which listens on all interfaces unless it is told otherwise, and cannot be told.
const net = require('net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port) {
    return listen.call(this, { host: '127.0.0.1', port: Number(port) });
};
