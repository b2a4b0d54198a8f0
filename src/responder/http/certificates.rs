//! The certificates of the authorities that are trusted: the built-in ones, those of
//! the system, and those of a file.
//!
//! They are read when the first connection with TLS is made.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::RootCertStore;
use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use super::variables::Variables;
use crate::domain::{Problem, ProblemKind, io_reason};

/// The variables that name certificates, as OpenSSL reads them.
const FILE_VARIABLE: &str = "SSL_CERT_FILE";
const FOLDER_VARIABLE: &str = "SSL_CERT_DIR";

/// How long a file of certificates may be.
const FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The trusted certificates of this process, each set read once.
#[derive(Default)]
pub(super) struct Certificates {
    /// The built-in ones and those of the system.
    common: OnceLock<Vec<Certificate<'static>>>,
    /// The same, and those of a file.
    sets: Mutex<BTreeMap<Option<PathBuf>, RootCerts>>,
}

impl Certificates {
    /// All that are trusted, those of a file among them if there is one.
    ///
    /// # Errors
    /// The file cannot be read, or holds what is no certificate.
    pub(super) fn with(
        &self,
        file: Option<&Path>,
        variables: &Variables,
    ) -> Result<RootCerts, Problem> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = file.map(Path::to_owned);
        if let Some(known) = sets.get(&key) {
            return Ok(known.clone());
        }
        let own = file.map(read).transpose()?.unwrap_or_default();
        let mut seen = HashSet::new();
        let all = own
            .iter()
            .chain(self.common.get_or_init(|| common(variables)));
        let all: Vec<_> = all.filter(|one| seen.insert(one.der())).cloned().collect();
        let set = RootCerts::Specific(Arc::new(all));
        sets.insert(key, set.clone());
        Ok(set)
    }
}

/// The built-in certificates and those of the system; what cannot be read of the
/// latter is passed over.
fn common(variables: &Variables) -> Vec<Certificate<'static>> {
    let mut found = rustls_native_certs::load_native_certs().certs;
    // The variables stand in place of the system's store; here they stand beside it.
    // Its file is in one of these folders; what the probe calls the file of the system
    // is the one that the variable names.
    let names = [FILE_VARIABLE, FOLDER_VARIABLE];
    if found.is_empty() || names.iter().any(|name| variables.get(name).is_some()) {
        for folder in openssl_probe::candidate_cert_dirs() {
            found.extend(rustls_native_certs::load_certs_from_paths(None, Some(folder)).certs);
        }
    }
    let found = found
        .iter()
        .map(|one| Certificate::from_der(one).to_owned());
    let built_in = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
    let built_in = built_in.map(|one| Certificate::from_der(one));
    built_in.chain(found).collect()
}

/// The certificates of a file in PEM.
fn read(path: &Path) -> Result<Vec<Certificate<'static>>, Problem> {
    let wrong = |why: &str| Problem {
        kind: ProblemKind::Other,
        what: format!("the certificates of {} {why}", path.display()),
        hint: Some("`ca_file` names a file of certificates in PEM".into()),
    };
    let unreadable = |error| wrong(&format!("cannot be read: {}", io_reason(&error)));
    // A pipe would be waited for.
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() || about.len() > FILE_BYTES {
        return Err(wrong("cannot be read: it is no file of certificates"));
    }
    let text = fs::read(path).map_err(unreadable)?;
    let mut checked = RootCertStore::empty();
    let mut found = Vec::new();
    for item in parse_pem(&text) {
        let item = item.map_err(|_| wrong("are damaged"))?;
        // Keys may stand beside them, and are passed over.
        if let PemItem::Certificate(certificate) = item {
            let der = certificate.der().to_vec().into();
            checked.add(der).map_err(|_| wrong("are damaged"))?;
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(wrong("are none: there is no certificate in it"));
    }
    Ok(found)
}

/// What to say of the variable that names certificates if it leads nowhere, or to none.
pub(super) fn complaint(variables: &Variables) -> Option<String> {
    let path = Path::new(variables.get(FILE_VARIABLE)?);
    let why = match fs::File::open(path) {
        Err(error) => format!("cannot be read: {}", io_reason(&error)),
        Ok(_) => {
            let found = rustls_native_certs::load_certs_from_paths(Some(path), None).certs;
            let is_none = found.is_empty();
            is_none.then(|| "holds no certificate in PEM".to_owned())?
        }
    };
    Some(format!("the file of {FILE_VARIABLE} {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        let problem = Certificates::default()
            .with(Some(&path), &Variables::default())
            .err()
            .unwrap();
        problem.what.replace(&path.display().to_string(), "FILE")
    }

    #[test]
    fn a_file_that_holds_none_is_named() {
        let missing = "the certificates of FILE cannot be read: no such file or directory";
        assert_eq!(told(None).to_lowercase(), missing.to_lowercase());
        let none = "the certificates of FILE are none: there is no certificate in it";
        assert_eq!(told(Some("hello\n")), none);
        let damaged = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        assert_eq!(told(Some(damaged)), "the certificates of FILE are damaged");
        let folder = tempfile::tempdir().unwrap();
        let problem = Certificates::default().with(Some(folder.path()), &Variables::default());
        let what = problem.err().unwrap().what;
        assert!(what.ends_with("it is no file of certificates"), "{what}");
    }

    #[test]
    fn the_built_in_ones_are_trusted_beside_others_and_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let own = rcgen::generate_simple_self_signed(["h.example".into()]).unwrap();
        fs::write(&path, own.cert.pem()).unwrap();
        let known = Certificates::default();
        let count = |set: RootCerts| match set {
            RootCerts::Specific(all) => all.len(),
            _ => 0,
        };
        let common = count(known.with(None, &Variables::default()).unwrap());
        assert!(common >= webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
        assert_eq!(
            count(known.with(Some(&path), &Variables::default()).unwrap()),
            common + 1
        );
        fs::remove_file(&path).unwrap();
        assert_eq!(
            count(known.with(Some(&path), &Variables::default()).unwrap()),
            common + 1
        );
    }
}
