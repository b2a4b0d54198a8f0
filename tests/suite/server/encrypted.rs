//! TLS with a server: who is trusted, and what is said of the others.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::tempdir;

use super::connecting::open_server;
use super::{at, free_port, lines};
use crate::support::cluster::{Cluster, Wanted};
use crate::support::peer::Peer;
use crate::support::run::{STARTED, check};

/// Carol is known by her certificate, whoever else comes has to speak TLS.
const RULES: &str = "local all all trust
hostssl all carol 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 trust
";

/// A server that speaks TLS, its port, and what people have to prove who they are.
struct Encrypted {
    cluster: Cluster,
    port: u16,
    /// The certificate of the authority that vouches for the server and for Carol.
    authority: String,
    /// That of one that vouches for nobody here.
    stranger: String,
    carol: (String, String),
}

fn encrypted_server() -> Option<&'static Encrypted> {
    static SERVER: OnceLock<Option<Encrypted>> = OnceLock::new();
    let start = || {
        Cluster::shared()?;
        let (ours, stranger) = (authority(), authority());
        let (certificate, key) = vouched_for(&ours, "localhost");
        let port = free_port();
        let cluster = Cluster::wanted(&Wanted {
            options: "-c listen_addresses=127.0.0.1 -c hba_file=FOLDER/rules -c fsync=off \
                      -c ssl=on -c ssl_cert_file=FOLDER/crt -c ssl_key_file=FOLDER/key \
                      -c ssl_ca_file=FOLDER/ca",
            files: &[
                ("rules", RULES),
                ("crt", &certificate),
                ("key", &key),
                ("ca", &ours.pem()),
            ],
            port: Some(port),
            ..Wanted::default()
        })?;
        cluster.sql("postgres", "CREATE ROLE carol LOGIN; CREATE ROLE ann LOGIN");
        for database in ["talk", "hers"] {
            let create = format!("CREATE DATABASE {database}");
            cluster.sql("postgres", &create);
        }
        cluster.sql(
            "postgres",
            "GRANT CREATE ON DATABASE talk TO ann; GRANT CREATE ON DATABASE hers TO carol",
        );
        Some(Encrypted {
            cluster,
            port,
            authority: ours.pem(),
            stranger: stranger.pem(),
            carol: vouched_for(&ours, "carol"),
        })
    };
    SERVER.get_or_init(start).as_ref()
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).expect("a description");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(params, key).expect("an authority")
}

/// A certificate of this name, and its key.
fn vouched_for(authority: &CertifiedIssuer<'static, KeyPair>, name: &str) -> (String, String) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, authority).expect("a certificate");
    (certificate.pem(), key.serialize_pem())
}

/// Writes a file that only its owner can read; gives its name.
fn file(folder: &Path, name: &str, content: &str) -> String {
    let file = folder.join(name);
    fs::write(&file, content).expect("a file");
    fs::set_permissions(&file, Permissions::from_mode(0o600)).expect("its owner");
    file.to_str().expect("UTF-8").to_owned()
}

/// What is told of a store that cannot be opened.
fn told(address: &str, why: &str) -> String {
    format!("saylog: the store `{address}` cannot be opened: {why}\n")
}

#[test]
fn a_server_is_trusted_as_far_as_was_asked_for() {
    let Some(server) = encrypted_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let ours = file(home.path(), "ours", &server.authority);
    let others = file(home.path(), "others", &server.stranger);
    let unknown = "is of no authority that is trusted; `sslrootcert=FILE` names the certificate \
                   of yours";
    let unknown = |name: &str| format!("the certificate of {name} {unknown}");
    let misnamed = "the certificate of the server is not for 127.0.0.1; name the server as its \
                    certificate does, or with `sslmode=verify-ca`";
    for (host, parameters, why) in [
        // On this machine whoever answers is good enough.
        ("localhost", String::new(), None),
        ("127.0.0.1", "?sslmode=require".into(), None),
        (
            "localhost",
            format!("?sslmode=verify-full&sslrootcert={ours}"),
            None,
        ),
        (
            "127.0.0.1",
            format!("?sslmode=verify-ca&sslrootcert={ours}"),
            None,
        ),
        (
            "127.0.0.1",
            format!("?sslmode=verify-full&sslrootcert={ours}"),
            Some(misnamed.to_owned()),
        ),
        // As the name says, not the number behind it.
        (
            "localhost",
            format!("?hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert={ours}"),
            None,
        ),
        (
            "localhost",
            "?sslmode=verify-full".into(),
            Some(unknown("localhost")),
        ),
        (
            "localhost",
            format!("?sslmode=verify-ca&sslrootcert={others}"),
            Some(unknown("localhost")),
        ),
        // An authority that is named counts, as for psql.
        (
            "localhost",
            format!("?sslmode=require&sslrootcert={others}"),
            Some(unknown("localhost")),
        ),
    ] {
        let address = format!("postgres://ann@{host}:{}/talk{parameters}", server.port);
        let outcome = lines(at(home.path(), &address), &["/start"]);
        match why {
            None => check(&outcome, STARTED, "", 0),
            Some(why) => check(&outcome, "", &told(&address, &why), 1),
        }
    }
    // Nobody has to ask for it.
    let address = format!("postgres://ann@localhost:{}/talk", server.port);
    let mut peer = Peer::new(at(home.path(), &address));
    assert_eq!(peer.ask("/start").as_deref(), Some(STARTED.trim_end()));
    let is_encrypted = "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                        WHERE application_name = 'saylog' AND usename = 'ann'";
    assert_eq!(server.cluster.sql("postgres", is_encrypted), "t\n");
    check(&peer.hang_up(), STARTED, "", 0);
}

#[test]
fn a_server_that_wants_tls_is_not_spoken_to_without() {
    let Some(server) = encrypted_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let address = format!(
        "postgres://ann@localhost:{}/talk?sslmode=disable",
        server.port
    );
    let why = "the server does not let this user in; is the name right, and the password \
               (PGPASSWORD, PGPASSFILE or ~/.pgpass)?";
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, "", &told(&address, why), 1);
}

#[test]
fn a_certificate_of_ones_own_opens_a_server() {
    let Some(server) = encrypted_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let certificate = file(home.path(), "crt", &server.carol.0);
    let key = file(home.path(), "key", &server.carol.1);
    let plain = format!("postgres://carol@localhost:{}/hers", server.port);
    let address = format!("{plain}?sslcert={certificate}&sslkey={key}");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let why = format!("others can read the key in {key}; `chmod 600` keeps it to yourself");
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, "", &told(&address, &why), 1);
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, STARTED, "", 0);
    // The same where psql looks for them.
    let folder = home.path().join(".postgresql");
    fs::create_dir(&folder).unwrap();
    fs::rename(&certificate, folder.join("postgresql.crt")).unwrap();
    fs::rename(&key, folder.join("postgresql.key")).unwrap();
    let outcome = lines(at(home.path(), &plain), &["/start"]);
    check(&outcome, STARTED, "", 0);
    // Whoever else says that they are Carol is not let in.
    let stranger = tempdir().unwrap();
    let why = "the server does not let this user in; is the name right, and the password \
               (PGPASSWORD, PGPASSFILE or ~/.pgpass)?";
    let outcome = lines(at(stranger.path(), &plain), &["/start"]);
    check(&outcome, "", &told(&plain, why), 1);
}

#[test]
fn a_server_without_tls_is_told_and_far_away_it_is_wanted() {
    let Some((_, port)) = open_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let why = |host: &str| {
        format!(
            "the server {host}:{port} does not speak TLS; `sslmode=disable` in its address does \
             without; everybody on the way can read along then"
        )
    };
    let address = format!("postgres://postgres@127.0.0.1:{port}/talk?sslmode=verify-full");
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, "", &told(&address, &why("127.0.0.1")), 1);
    // This is a name for the same address, and nobody knows that it stays on this machine.
    let address = format!("postgres://postgres@127.1:{port}/talk");
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, "", &told(&address, &why("127.1")), 1);
    let address = format!("{address}?sslmode=disable");
    let outcome = lines(at(home.path(), &address), &["/start"]);
    check(&outcome, STARTED, "", 0);
}

#[test]
fn files_that_hold_no_certificate_are_told() {
    let Some(server) = encrypted_server() else {
        return;
    };
    let home = tempdir().unwrap();
    let empty = file(home.path(), "empty", "");
    let certificate = file(home.path(), "crt", &server.carol.0);
    let plain = format!("postgres://ann@localhost:{}/talk", server.port);
    for (parameters, why) in [
        (
            format!("sslmode=verify-full&sslrootcert={empty}"),
            format!("there is no certificate in {empty}"),
        ),
        (
            "sslmode=verify-full&sslrootcert=/nowhere".into(),
            "the certificates in /nowhere cannot be read".into(),
        ),
        (
            format!("sslmode=require&sslcert={certificate}&sslkey={empty}"),
            format!("there is no key in {empty}"),
        ),
    ] {
        let address = format!("{plain}?{parameters}");
        let outcome = lines(at(home.path(), &address), &["/start"]);
        check(&outcome, "", &told(&address, &why), 1);
    }
}
