//! Plain http through a proxy: the request is sent to it with the whole address in
//! its first line. A tunnel, which the client library asks for, is refused by many
//! proxies for anything but TLS.

use std::net::IpAddr;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, OnceLock};
use std::thread;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport, time::Duration,
};

use super::traffic::{Traffic, Watched};

/// Makes the connections of a client, and notes what goes over them.
#[derive(Debug)]
pub(super) struct Dialer {
    inner: DefaultConnector,
    /// The proxy that requests are handed to.
    proxy: Option<Uri>,
    traffic: Arc<Traffic>,
}

impl Dialer {
    /// One that notes in `traffic` what goes over its connections.
    pub(super) fn new(proxy: Option<Uri>, traffic: Arc<Traffic>) -> Self {
        Self {
            inner: DefaultConnector::new(),
            proxy,
            traffic,
        }
    }
}

impl Connector for Dialer {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        self.traffic.dials();
        let watched = |inner| -> Self::Out { Box::new(Watched::new(inner, &self.traffic)) };
        let Some(proxy) = &self.proxy else {
            return Ok(self.inner.connect(details, chained)?.map(watched));
        };
        let to_proxy = ConnectionDetails {
            uri: proxy,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::clone(&details.register_shutdown),
        };
        let connected = self.inner.connect(&to_proxy, chained)?.map(watched);
        let host = details.uri.authority().map_or("", |host| host.as_str());
        let forwarded = |inner| -> Self::Out {
            Box::new(Forwarded {
                inner,
                origin: format!("http://{host}"),
                has_begun: false,
            })
        };
        Ok(connected.map(forwarded))
    }
}

/// Finds the addresses of a client's endpoint once, so that a turn over a connection
/// that was kept asks nobody. If there is a proxy that requests are handed to, it is
/// the proxy's addresses: that may know names that are not known here.
#[derive(Debug)]
pub(super) struct OneResolver {
    inner: DefaultResolver,
    proxy: Option<Uri>,
    /// The first address that was looked for, and what was found.
    found: OnceLock<(Uri, ResolvedSocketAddrs)>,
}

impl OneResolver {
    pub(super) fn new(proxy: Option<Uri>) -> Self {
        Self {
            inner: DefaultResolver::default(),
            proxy,
            found: OnceLock::new(),
        }
    }
}

impl OneResolver {
    /// Looks for addresses. The library does that on a thread, of which it takes for
    /// granted that it starts; here one that cannot is done without. The time for
    /// it is not limited then, but whoever waits for the endpoint may stop waiting.
    fn look_up(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let unlimited = NextTimeout {
            after: Duration::NotHappening,
            ..timeout
        };
        if is_address(uri) || timeout.after.is_not_happening() {
            return self.inner.resolve(uri, config, unlimited);
        }
        let (sender, found) = sync_channel(1);
        let thread = thread::Builder::new().name("resolver".into());
        let started = thread.spawn({
            let (uri, config) = (uri.clone(), config.clone());
            move || {
                let found = DefaultResolver::default().resolve(&uri, &config, unlimited);
                // Nobody receives it after the time for it.
                let _ = sender.send(found);
            }
        });
        if started.is_err() {
            return self.inner.resolve(uri, config, unlimited);
        }
        let found = found.recv_timeout(*timeout.after);
        found.map_err(|_| Error::Timeout(timeout.reason))?
    }
}

/// Whether a host is an address: there is nothing to look for.
fn is_address(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok()
}

impl Resolver for OneResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let uri = self.proxy.as_ref().unwrap_or(uri);
        match self.found.get() {
            // Some proxies are told the address of the endpoint: that is a second one.
            Some((known, found)) if known.authority() == uri.authority() => Ok(found.clone()),
            _ => {
                let found = self.look_up(uri, config, timeout)?;
                let _ = self.found.set((uri.clone(), found.clone()));
                Ok(found)
            }
        }
    }
}

/// A connection to a proxy. It writes scheme and host into the first line of each
/// request.
#[derive(Debug)]
struct Forwarded {
    inner: Box<dyn Transport>,
    /// `http://` and the host.
    origin: String,
    /// The first line of the request has been sent.
    has_begun: bool,
}

impl Transport for Forwarded {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if std::mem::replace(&mut self.has_begun, true) {
            return self.inner.transmit_output(amount, timeout);
        }
        let written = self.inner.buffers().output().get(..amount);
        let written = written.unwrap_or_default().to_vec();
        let method = written.iter().position(|byte| *byte == b' ');
        let (method, rest) = written.split_at(method.map_or(0, |blank| blank + 1));
        let line = [method, self.origin.as_bytes(), rest].concat();
        let mut left = line.as_slice();
        while !left.is_empty() {
            let output = self.inner.buffers().output();
            let (now, later) = left.split_at(left.len().min(output.len()));
            if let Some(place) = output.get_mut(..now.len()) {
                place.copy_from_slice(now);
            }
            self.inner.transmit_output(now.len(), timeout)?;
            left = later;
        }
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // What is sent after an answer is the next request.
        self.has_begun = false;
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
