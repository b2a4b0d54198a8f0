//! A certificate authority made for one test, and servers that it vouches for.
//!
//! The unit tests of the HTTP client and the benchmarks include this file, which
//! therefore imports nothing of the suite.

use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An authority that nobody trusts unless told to.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("a description");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        Self { issuer }
    }

    /// Its certificate.
    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// What puts TLS around a connection, for a server of these names.
    pub(crate) fn vouches_for(
        &self,
        names: &[&str],
    ) -> impl Fn(TcpStream) -> StreamOwned<ServerConnection, TcpStream> + Send + 'static {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let params = CertificateParams::new(names).expect("names");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        presenting(&certificate, &key)
    }
}

/// What puts TLS around a connection, for a server that presents this certificate.
pub(crate) fn presenting(
    certificate: &Certificate,
    key: &KeyPair,
) -> impl Fn(TcpStream) -> StreamOwned<ServerConnection, TcpStream> + Send + use<> + 'static {
    let chain = vec![certificate.der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("the same key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a server");
    let config = Arc::new(config);
    move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
        StreamOwned::new(connection, stream)
    }
}
