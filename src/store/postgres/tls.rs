//! TLS with a server, by the rustls that models are asked with.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::parameters::{Parameters, TlsMode};
use super::trouble::{Trouble, wrong};
use crate::domain::{Problem, ProblemKind};

/// Encrypts what travels over a socket.
pub(super) async fn speak(
    parameters: &Parameters,
    mode: TlsMode,
    name: &str,
    socket: TcpStream,
) -> Result<TlsStream<TcpStream>, Trouble> {
    let config =
        config(parameters, mode).map_err(|problem| Trouble::Unusable(Box::new(problem)))?;
    let server = ServerName::try_from(name.to_owned())
        .map_err(|_| unusable(&format!("`{name}` is no name that a certificate can have")))?;
    let connector = TlsConnector::from(Arc::new(config));
    let spoken = connector.connect(server, socket).await;
    spoken.map_err(
        |error| match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(error) => refusal(error, name),
            None => Trouble::Lost("the server has ended the connection"),
        },
    )
}

fn unusable(what: &str) -> Trouble {
    Trouble::Unusable(Box::new(wrong(what)))
}

/// Why a server is not trusted.
fn refusal(error: &Error, name: &str) -> Trouble {
    let (what, hint) = match error {
        // Another authority of the same name is none that is trusted, either.
        Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        ) => (
            format!("the certificate of {name} is of no authority that is trusted"),
            "`sslrootcert=FILE` names the certificate of yours",
        ),
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => (
            format!("the certificate of the server is not for {name}"),
            "name the server as its certificate does, or with `sslmode=verify-ca`",
        ),
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => (
            format!("the certificate of {name} has expired"),
            "whoever runs the server can renew it; the clock of this machine counts, too",
        ),
        _ => (
            format!("{name} and this program agree on no TLS"),
            "does the server ask for a certificate of yours (sslcert, sslkey)?",
        ),
    };
    let problem = Problem::new(ProblemKind::Refused, what).with_hint(hint);
    Trouble::Unusable(Box::new(problem))
}

fn config(parameters: &Parameters, mode: TlsMode) -> Result<ClientConfig, Problem> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| wrong("TLS cannot be used"))?;
    let verifier = Verifier {
        trusts: match trust(parameters, mode) {
            None => None,
            Some(_) => {
                let roots = authorities(parameters.authorities.as_deref())?;
                let built = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::clone(&provider),
                );
                let verifier = built.build();
                Some(verifier.map_err(|_| wrong("no authority is known that could be trusted"))?)
            }
        },
        checks_name: trust(parameters, mode) == Some(TlsMode::VerifyFull),
        provider,
    };
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match &parameters.certificate {
        None => Ok(builder.with_no_client_auth()),
        Some((certificate, key)) => {
            let own = certificates(certificate)?;
            let key = private_key(key)?;
            builder
                .with_client_auth_cert(own, key)
                .map_err(|_| wrong("the key of sslkey is not that of sslcert"))
        }
    }
}

/// How far a server is checked. As psql does, one that only has to speak TLS is checked
/// nevertheless if an authority is named for it.
fn trust(parameters: &Parameters, mode: TlsMode) -> Option<TlsMode> {
    match mode {
        TlsMode::Disable | TlsMode::Prefer => None,
        TlsMode::Require if parameters.authorities.is_none() => None,
        TlsMode::Require => Some(TlsMode::VerifyAuthority),
        checked => Some(checked),
    }
}

/// The authorities of a file; without one, those of the system and the usual ones.
fn authorities(file: Option<&Path>) -> Result<RootCertStore, Problem> {
    let mut roots = RootCertStore::empty();
    match file.filter(|file| *file != Path::new("system")) {
        Some(file) => {
            for one in certificates(file)? {
                let added = roots.add(one);
                added.map_err(|_| {
                    wrong(&format!("a certificate in {} is damaged", file.display()))
                })?;
            }
        }
        None => {
            let of_system = rustls_native_certs::load_native_certs().certs;
            let usual = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
            roots.add_parsable_certificates(of_system.into_iter().chain(usual));
        }
    }
    Ok(roots)
}

/// The certificates of a file in PEM.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let unreadable = || {
        wrong(&format!(
            "the certificates in {} cannot be read",
            file.display()
        ))
    };
    let found = CertificateDer::pem_file_iter(file).map_err(|_| unreadable())?;
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(|_| unreadable())?;
    if found.is_empty() {
        return Err(wrong(&format!(
            "there is no certificate in {}",
            file.display()
        )));
    }
    Ok(found)
}

/// The key of a certificate of one's own. As libpq has it (`fe-secure-openssl.c`), nobody
/// else may read it; where it is the system's, a group may.
fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Problem> {
    if let Ok(about) = fs::metadata(file) {
        let others = if about.uid() == 0 { 0o037 } else { 0o077 };
        if about.is_file() && about.mode() & others != 0 {
            let what = format!("others can read the key in {}", file.display());
            let hint = "`chmod 600` keeps it to yourself";
            return Err(Problem::new(ProblemKind::Refused, what).with_hint(hint));
        }
    }
    PrivateKeyDer::from_pem_file(file)
        .map_err(|_| wrong(&format!("there is no key in {}", file.display())))
}

/// Checks as much of a certificate as is wanted; that the server has its key is always
/// checked.
#[derive(Debug)]
struct Verifier {
    trusts: Option<Arc<WebPkiServerVerifier>>,
    checks_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        status: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trusts) = &self.trusts else {
            return Ok(ServerCertVerified::assertion());
        };
        match trusts.verify_server_cert(certificate, between, name, status, now) {
            // The chain is good; only the name is another one.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.checks_name => Ok(ServerCertVerified::assertion()),
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
