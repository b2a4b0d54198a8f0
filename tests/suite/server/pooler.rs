//! Behind PgBouncer, which lends one process of the server to many, a transaction each.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::{TempDir, tempdir};

use super::{at, echoes, free_port, lines, name_of, said};
use crate::support::cluster::Cluster;
use crate::support::peer::Peer;
use crate::support::run::{STARTED, check, skipped};
use crate::support::wait::until;

/// A PgBouncer that has one connection to the server for all.
struct Pooler {
    folder: TempDir,
    port: u16,
    process: Child,
}

impl Pooler {
    /// Starts one; says so and gives none where it is not installed.
    fn before(cluster: &Cluster) -> Option<Self> {
        let Some(program) = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"]
            .into_iter()
            .find(|program| Path::new(program).exists())
        else {
            skipped("a store behind a pooler", "pgbouncer");
            return None;
        };
        let folder = TempDir::with_prefix("pg").expect("a folder");
        let port = free_port();
        let (own, server) = (folder.path().display(), cluster.folder().display());
        let configuration = format!(
            "[databases]\n* = host={server} port=5432\n[pgbouncer]\nunix_socket_dir = {own}\n\
             listen_port = {port}\nauth_type = any\nauth_file =\npool_mode = transaction\n\
             default_pool_size = 1\nmax_client_conn = 50\nserver_reset_query =\n\
             ignore_startup_parameters = extra_float_digits\nlogfile = {own}/log\n"
        );
        let configuration = configuration.replace(
            "* = ",
            // Whoever comes is the owner there: it is about connections, not about rights.
            "* = user=postgres ",
        );
        fs::write(folder.path().join("ini"), configuration).expect("a file");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("its owner");
        let mut command = Command::new("sh");
        // It refuses to run as root, too.
        let run = r#"[ "$(id -u)" = 0 ] && set -- setpriv --reuid nobody --regid nogroup --clear-groups "$@"
            exec "$@""#;
        command.args(["-c", run, "sh", program]);
        command.arg(folder.path().join("ini"));
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let pooler = Self {
            folder,
            port,
            process,
        };
        let socket = pooler.folder.path().join(format!(".s.PGSQL.{port}"));
        until("the pooler listens", || {
            UnixStream::connect(&socket).is_ok_and(|mut stream| stream.write_all(&[]).is_ok())
        });
        Some(pooler)
    }

    /// The address of a database through it.
    fn address(&self, database: &str) -> String {
        let folder = self.folder.path().display().to_string();
        let folder = folder.replace('/', "%2F");
        format!("postgres://postgres@{folder}:{}/{database}", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.process), Signal::QUIT);
        let _ = self.process.wait();
    }
}

/// A pooler, the server behind it, and the name of an empty database; none where one of
/// them is not installed.
fn pooled() -> Option<(&'static Cluster, Pooler, String)> {
    let cluster = Cluster::shared()?;
    let pooler = Pooler::before(cluster)?;
    let name = name_of(&cluster.database()).to_owned();
    Some((cluster, pooler, name))
}

#[test]
fn two_processes_share_one_connection_of_a_pooler() {
    let Some((cluster, pooler, name)) = pooled() else {
        return;
    };
    let (address, home) = (pooler.address(&name), tempdir().unwrap());
    let mut peers = [0, 1].map(|_| Peer::new(at(home.path(), &address)));
    for peer in &mut peers {
        assert_eq!(peer.ask("/start").as_deref(), Some(STARTED.trim_end()));
    }
    // Each in turn, and often enough that statements are worth a name.
    let mut turns = Vec::new();
    for number in 0..20 {
        for (who, peer) in peers.iter_mut().enumerate() {
            let turn = format!("{number} of {who}");
            assert_eq!(peer.ask(&turn).as_deref(), Some(turn.as_str()));
            turns.push(turn);
        }
    }
    assert_eq!(said(cluster, &name), echoes(turns));
    for peer in peers {
        let outcome = peer.hang_up();
        assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    }
}

#[test]
fn many_turns_at_once_go_through_a_pooler() {
    let Some((cluster, pooler, name)) = pooled() else {
        return;
    };
    let (address, home) = (pooler.address(&name), tempdir().unwrap());
    let turns = |who: usize| -> Vec<String> {
        (0..1_000)
            .map(|number| format!("{number} of {who}"))
            .collect()
    };
    let peers = [0, 1].map(|who| {
        let mut peer = Peer::new(at(home.path(), &address));
        peer.pour(format!("/start\n{}\n", turns(who).join("\n")));
        peer
    });
    for (who, peer) in peers.into_iter().enumerate() {
        let outcome = peer.leave();
        let expected = format!("{STARTED}{}\n", turns(who).join("\n"));
        check(&outcome, &expected, "", 0);
    }
    for who in 0..2 {
        let end = format!("of {who}");
        let mut kept = said(cluster, &name);
        kept.retain(|line| line.ends_with(&end));
        assert_eq!(kept, echoes(turns(who)));
    }
    // A listing reads in pages, up to a horizon.
    let outcome = lines(at(home.path(), &address), &["/log global"]);
    assert_eq!((outcome.stderr.as_str(), outcome.code), ("", 0));
    assert_eq!(outcome.stdout.lines().count(), 4_000);
}
