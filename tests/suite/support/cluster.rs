//! A PostgreSQL server of the tests' own, on a socket in a temporary folder. It ends with
//! the process that started it, however that ends.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use tempfile::TempDir;

/// Starts a server and says so, then waits until nobody holds its input any more, and ends
/// the server. PostgreSQL refuses to run as root, so root runs it as another user.
const KEEPER: &str = r#"
bin=$1 folder=$2 options=$3
run=
if [ "$(id -u)" = 0 ]; then
    run="setpriv --reuid nobody --regid nogroup --clear-groups"
    chown nobody "$folder"
fi
cd "$folder" || exit 1
$run "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
    --no-sync --no-instructions >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log"; exit 1; }
$run "$bin/postgres" -D "$folder/data" -c listen_addresses='' -c max_connections=200 \
    -c unix_socket_directories="$folder" $options </dev/null >"$folder/log" 2>&1 &
server=$!
for i in $(seq 1 600); do
    "$bin/pg_isready" -q -h "$folder" -U postgres && break
    kill -0 $server 2>/dev/null || { cat "$folder/log"; exit 1; }
    sleep 0.05
done
echo ready
cat >/dev/null
kill -INT $server 2>/dev/null
wait $server 2>/dev/null
rm -rf "$folder"
"#;

/// A server, for as long as this is held.
pub(crate) struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    made: AtomicU32,
    /// Its end tells the keeper that it is over.
    keeper: Mutex<(Child, Option<ChildStdin>)>,
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
        let bin = programs()?;
        // The name of a socket may have 107 bytes, so it does not lie in a long folder.
        let folder = TempDir::with_prefix("pg").expect("a folder").keep();
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .args([bin.as_os_str(), folder.as_os_str(), options.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let input = keeper.stdin.take();
        let mut output = BufReader::new(keeper.stdout.take().expect("its output"));
        let mut told = String::new();
        output.read_line(&mut told).expect("its output");
        if told != "ready\n" {
            let _ = output.read_to_string(&mut told);
            panic!("PostgreSQL did not start: {told}");
        }
        Some(Self {
            folder,
            bin,
            made: AtomicU32::new(0),
            keeper: Mutex::new((keeper, input)),
        })
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
        format!("postgres://postgres@{folder}/{database}")
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
        .args(["-d", database]);
        psql
    }

    /// Where its socket and its files are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Ok((keeper, input)) = self.keeper.get_mut() {
            drop(input.take());
            let _ = keeper.wait();
        }
    }
}

/// Where the newest server's programs are.
fn programs() -> Option<PathBuf> {
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
