//! A PostgreSQL server of the tests' own, on a socket in a temporary folder. It ends with
//! the process that started it, however that ends.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tempfile::TempDir;

/// The port in the name of a socket that nobody else uses.
const PORT: u16 = 5432;

/// Starts a server and says so, then does what it is told: to stop the server, and to start
/// it again. Once nobody holds its input any more, it ends the server. PostgreSQL refuses
/// to run as root, so root runs it as another user.
const KEEPER: &str = r#"
bin=$1 folder=$2 options=$3 primary=$4
export PGPORT=$5 PGUSER=postgres
run=
if [ "$(id -u)" = 0 ]; then
    run="setpriv --reuid nobody --regid nogroup --clear-groups"
    chown -R nobody "$folder"
fi
cd "$folder" || exit 1
if [ -n "$primary" ]; then
    $run "$bin/pg_basebackup" -D "$folder/data" -d "$primary" -R -c fast >"$folder/initdb.log" 2>&1
else
    $run "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
        --no-sync --no-instructions >"$folder/initdb.log" 2>&1
fi || { cat "$folder/initdb.log"; exit 1; }
start() {
    $run "$bin/postgres" -D "$folder/data" -c listen_addresses='' -c max_connections=200 \
        -c unix_socket_directories="$folder" $options </dev/null >>"$folder/log" 2>&1 &
    server=$!
    for i in $(seq 1 1200); do
        "$bin/pg_isready" -q -h "$folder" && break
        kill -0 $server 2>/dev/null || { cat "$folder/log"; exit 1; }
        sleep 0.05
    done
}
stop() {
    kill -$1 $server 2>/dev/null
    wait $server 2>/dev/null
}
start
echo ready
while read word; do
    case $word in
        start) start ;;
        *) stop $word ;;
    esac
    echo ready
done
stop INT
rm -rf "$folder"
"#;

/// How a server is to be, beyond its usual options.
#[derive(Default)]
pub(crate) struct Wanted<'a> {
    /// Options of `postgres`; `FOLDER` in them is its folder.
    pub(crate) options: &'a str,
    /// Files in its folder, which only it can read.
    pub(crate) files: &'a [(&'a str, &'a str)],
    /// The port, if it is to be reached by that.
    pub(crate) port: Option<u16>,
    /// The server that it follows as a standby.
    pub(crate) primary: Option<&'a Cluster>,
}

/// A server, for as long as this is held.
pub(crate) struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    port: u16,
    made: AtomicU32,
    keeper: Mutex<Keeper>,
}

/// The shell that keeps a server.
struct Keeper {
    child: Child,
    /// Its end tells the keeper that it is over.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Cluster {
    /// The server of this process; none where PostgreSQL is not installed.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        let fast = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";
        let start = || {
            let started = Self::start(fast);
            if started.is_none() {
                // Not through `eprintln!`, which the test runner would keep to itself.
                let note = b"skipped: what is kept on a server needs PostgreSQL\n";
                let _ = std::io::stderr().write_all(note);
            }
            started
        };
        SHARED.get_or_init(start).as_ref()
    }

    /// Starts a server with options of its own.
    pub(crate) fn start(options: &str) -> Option<Self> {
        Self::wanted(&Wanted {
            options,
            ..Wanted::default()
        })
    }

    /// Starts a server as it is wanted.
    pub(crate) fn wanted(wanted: &Wanted<'_>) -> Option<Self> {
        let bin = programs()?;
        // The name of a socket may have 107 bytes, so it does not lie in a long folder.
        let folder = TempDir::with_prefix("pg").expect("a folder").keep();
        for (name, content) in wanted.files {
            let file = folder.join(name);
            fs::write(&file, content).expect("a file");
            fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("its owner");
        }
        let port = wanted.port.unwrap_or(PORT);
        let options = wanted.options.replace("FOLDER", &folder.to_string_lossy());
        let primary = wanted.primary.map(|primary| {
            let (host, port) = (primary.folder.display(), primary.port);
            format!("host={host} port={port} user=postgres")
        });
        let mut child = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .args([bin.as_os_str(), folder.as_os_str(), options.as_ref()])
            .args([primary.unwrap_or_default(), port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let mut keeper = Keeper {
            child,
            input,
            output,
        };
        keeper.wait();
        Some(Self {
            folder,
            bin,
            port,
            made: AtomicU32::new(0),
            keeper: Mutex::new(keeper),
        })
    }

    /// Ends the server by this signal, and waits until it has ended: `INT` is a fast stop,
    /// `QUIT` an immediate one.
    pub(crate) fn stop(&self, signal: &str) {
        self.keeper().tell(signal);
    }

    /// Starts it again, and waits until it answers.
    pub(crate) fn start_again(&self) {
        self.keeper().tell("start");
    }

    fn keeper(&self) -> MutexGuard<'_, Keeper> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an empty database and gives its address.
    pub(crate) fn database(&self) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("d{number}");
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.address(&name)
    }

    /// The address of a database.
    pub(crate) fn address(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        let port = match self.port {
            PORT => String::new(),
            port => format!(":{port}"),
        };
        format!("postgres://postgres@{folder}{port}/{database}")
    }

    /// Runs statements as the owner of everything; gives the rows, their columns parted by
    /// bars.
    #[track_caller]
    pub(crate) fn sql(&self, database: &str, statements: &str) -> String {
        let ran = self.try_sql(database, statements);
        ran.unwrap_or_else(|told| panic!("{statements}: {told}"))
    }

    /// The same; what was refused is told in the server's words.
    pub(crate) fn try_sql(&self, database: &str, statements: &str) -> Result<String, String> {
        let ran = self
            .psql(database)
            .args(["-c", statements])
            .output()
            .expect("psql");
        if !ran.status.success() {
            let told = String::from_utf8_lossy(&ran.stderr);
            let told = told.lines().next().unwrap_or_default();
            return Err(told.trim_start_matches("ERROR:").trim().to_owned());
        }
        Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
    }

    /// The client of PostgreSQL itself.
    pub(crate) fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "postgres",
        ])
        .arg("-h")
        .arg(&self.folder)
        .args(["-p", &self.port.to_string(), "-d", database]);
        psql
    }

    /// Where its socket and its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Keeper {
    /// Tells it something to do, and waits until that is done.
    fn tell(&mut self, word: &str) {
        let input = self.input.as_mut().expect("it is not over");
        writeln!(input, "{word}").expect("it listens");
        self.wait();
    }

    fn wait(&mut self) {
        let mut told = String::new();
        self.output.read_line(&mut told).expect("its output");
        if told != "ready\n" {
            let _ = self.output.read_to_string(&mut told);
            panic!("PostgreSQL did not start: {told}");
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Ok(keeper) = self.keeper.get_mut() {
            drop(keeper.input.take());
            let _ = keeper.child.wait();
        }
    }
}

/// Where the programs of the server are: where it is said, or else the newest of the system.
fn programs() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("SAYLOG_TEST_POSTGRESQL") {
        return Some(folder.into());
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .flatten()
        .filter_map(|version| {
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin)
}
