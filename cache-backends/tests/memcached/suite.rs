//! The suite that every store holds, on one server and on three.

use std::time::Duration;

use cache_core::testing::conformance::{Report, Suite};

use super::servers::Memcached as Server;
use super::{Test, store};

pub const TESTS: &[Test] = &[
    ("one server holds what is asked of a store", one),
    ("three servers hold what is asked of a store", three),
    ("a server that takes larger values holds the same", large),
];

fn run(url: &str, servers: &[Server]) -> Report {
    let pass = |time: Duration| {
        let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
        for server in servers {
            server.let_time_pass(seconds).expect("a server that is there");
        }
    };
    // No time of an entry is over before it is let pass.
    let report = Suite::new(&store(url), &pass).unit(Duration::from_secs(60)).run();
    assert!(report.failures.is_empty(), "{report}");
    report
}

fn one() {
    let server = Server::start().expect("a server");
    let report = run(&server.url(), &[server]);
    for case in ["clear_scope removes thousands as it removes few", "half a second is half a second"] {
        assert!(report.left_out.contains(&case), "{case}: {:?}", report.left_out);
    }
    assert!(report.held.len() > 50, "{report}");
}

fn three() {
    let servers = [(); 3].map(|()| Server::setup().on_port().start().expect("a server"));
    let hosts = servers.each_ref().map(|server| format!("127.0.0.1:{}", server.port()));
    drop(run(&format!("memcached://{}", hosts.join(",")), &servers));
}

fn large() {
    let server = Server::setup().max_item(4096).start().expect("a server");
    drop(run(&format!("{}?max_value=4MiB", server.url()), &[server]));
}
