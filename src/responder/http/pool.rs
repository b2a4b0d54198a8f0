//! Clients of endpoints, and those whose connection is kept for the next turn.
//!
//! Each request in flight has a client of its own: what stops the request closes
//! that client with its connection and no other. A client is kept only after a
//! whole answer, and used again only if that was read to its very end.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use ureq::http::Uri;
use ureq::tls::TlsConfig;
use ureq::{Agent, Proxy};

use super::certificates::Certificates;
use super::endpoint::Endpoint;
use super::forward::{Dialer, OneResolver};
use super::limits::Limits;
use super::traffic::Traffic;
use super::variables::Variables;
use super::worker::{Signal, Worker};
use crate::domain::Problem;

/// How long a connection is kept without use. Those who stand between, such as
/// routers, forget about it after some minutes without saying so.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// The longest wait before a request is sent for the second time.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// How many connections are kept at most.
const MOST_KEPT: usize = 32;

/// How long the next turn waits for the very end of the answer before, which
/// usually has come with the rest of it. A test waits for as long as it takes a
/// busy machine.
const REST_WAIT: Duration = if cfg!(test) {
    Duration::from_secs(5)
} else {
    Duration::from_millis(20)
};

/// The clients of one process. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Pool {
    kept: Arc<Mutex<Vec<Kept>>>,
    certificates: Arc<Certificates>,
    variables: Arc<Variables>,
    /// The longest wait before a request is sent for the second time.
    first_wait: Arc<OnceLock<Duration>>,
}

/// A client of one endpoint.
pub(super) struct Client {
    pub agent: Agent,
    /// Carries out its requests.
    pub worker: Worker,
    /// What went over its connection in the last request.
    pub traffic: Arc<Traffic>,
    route: Route,
}

/// All that two endpoints must share to be reached over one connection.
#[derive(PartialEq)]
struct Route {
    scheme: Option<String>,
    host: String,
    proxy: Option<Proxy>,
    /// Requests are handed to the proxy whole.
    is_forwarded: bool,
    ca_file: Option<PathBuf>,
    limits: ClientLimits,
}

/// The limits that a client keeps for all of its requests; none is no limit.
#[derive(PartialEq)]
struct ClientLimits {
    resolve: Option<Duration>,
    connect: Option<Duration>,
    write: Option<Duration>,
    answer: Option<Duration>,
}

/// A client that waits for the next turn.
struct Kept {
    client: Client,
    /// EventContent when the answer before has been read to its very end.
    signals: Receiver<Signal>,
    since: Instant,
    /// By the other clock: the first one stands still while the machine sleeps.
    since_by_date: SystemTime,
}

impl Client {
    /// Closes its connection, even while a request is being sent or answered.
    pub(super) fn close(self) {
        self.agent.shutdown();
    }
}

impl Pool {
    /// One whose clients heed what the environment says about proxies and certificates.
    pub(crate) fn new(environment: &[(OsString, OsString)]) -> Self {
        Self {
            variables: Arc::new(Variables::of(environment)),
            ..Self::default()
        }
    }

    /// What the environment says.
    pub(super) fn variables(&self) -> Arc<Variables> {
        Arc::clone(&self.variables)
    }

    /// Waits so long at most before a request is sent for the second time. To be set
    /// once, before anything is sent.
    pub(crate) fn set_first_wait(&self, wait: Duration) {
        let _ = self.first_wait.set(wait);
    }

    /// The longest wait before a request is sent for the second time.
    pub(super) fn first_wait(&self) -> Duration {
        self.first_wait.get().copied().unwrap_or(FIRST_WAIT)
    }

    /// The client whose connection to the endpoint was used last, if one is kept.
    pub(super) fn kept(&self, endpoint: &Endpoint) -> Result<Option<Client>, Problem> {
        let route = Route::to(endpoint)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let old: Vec<_> = kept.extract_if(.., |one| one.is_old()).collect();
        let found = kept.iter().rposition(|one| one.client.route == route);
        let found = found.map(|at| kept.remove(at));
        drop(kept);
        for old in old {
            old.client.close();
        }
        let Some(found) = found else { return Ok(None) };
        if matches!(found.signals.recv_timeout(REST_WAIT), Ok(Signal::Spent)) {
            return Ok(Some(found.client));
        }
        found.client.close();
        Ok(None)
    }

    /// A client without a connection.
    ///
    /// # Errors
    /// The certificates that are to be trusted cannot be read.
    pub(super) fn new_client(&self, endpoint: &Endpoint) -> Result<Client, Problem> {
        let route = Route::to(endpoint)?;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("saylog/", env!("CARGO_PKG_VERSION")))
            .max_idle_age(KEPT_FOR)
            .max_idle_connections_per_host(1);
        let limits = &route.limits;
        config = config
            .timeout_resolve(limits.resolve)
            .timeout_connect(limits.connect)
            .timeout_per_write(limits.write)
            .timeout_recv_response(limits.answer);
        let is_tls = |scheme: Option<&str>| scheme == Some("https");
        let proxy_scheme = route
            .proxy
            .as_ref()
            .and_then(|proxy| proxy.uri().scheme_str());
        if is_tls(route.scheme.as_deref()) || is_tls(proxy_scheme) {
            let roots = self
                .certificates
                .with(route.ca_file.as_deref(), &self.variables)?;
            config = config.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        let traffic = Arc::new(Traffic::default());
        let forwarder = route.proxy.as_ref().filter(|_| route.is_forwarded);
        let forwarder = forwarder.map(|proxy| proxy.uri().clone());
        let tunnel = route.proxy.clone().filter(|_| !route.is_forwarded);
        let agent = Agent::with_parts(
            config.proxy(tunnel).build(),
            Dialer::new(forwarder.clone(), Arc::clone(&traffic)),
            OneResolver::new(forwarder),
        );
        Ok(Client {
            agent,
            worker: Worker::new(),
            traffic,
            route,
        })
    }

    /// Keeps a client after a whole answer; `signals` says when that is at its end.
    pub(super) fn keep(&self, client: Client, signals: Receiver<Signal>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(Kept {
            client,
            signals,
            since: Instant::now(),
            since_by_date: SystemTime::now(),
        });
        let surplus = kept.len().saturating_sub(MOST_KEPT);
        let surplus: Vec<_> = kept.drain(..surplus).collect();
        drop(kept);
        for one in surplus {
            one.client.close();
        }
    }
}

impl Route {
    fn to(endpoint: &Endpoint) -> Result<Self, Problem> {
        let uri: Uri = endpoint.address("")?;
        let scheme = uri.scheme_str().map(str::to_owned);
        let proxy = endpoint.effective_proxy()?;
        let limits: &Limits = &endpoint.limits;
        Ok(Self {
            host: uri.authority().map(ToString::to_string).unwrap_or_default(),
            is_forwarded: proxy
                .as_ref()
                .is_some_and(|proxy| proxy.forwards(scheme.as_deref())),
            proxy: proxy.map(|proxy| proxy.proxy),
            scheme,
            ca_file: endpoint.ca_file.clone(),
            limits: ClientLimits {
                resolve: limited(limits.resolve.min(limits.connect)),
                connect: limited(limits.connect),
                write: limited(limits.idle),
                answer: limited(limits.answer),
            },
        })
    }
}

impl Kept {
    fn is_old(&self) -> bool {
        let by_date = self.since_by_date.elapsed().unwrap_or(KEPT_FOR);
        self.since.elapsed() >= KEPT_FOR || by_date >= KEPT_FOR
    }
}

/// A limit, unless it is longer than any clock can tell.
fn limited(limit: Duration) -> Option<Duration> {
    let century = Duration::from_hours(24 * 365 * 100);
    (limit < century).then_some(limit)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint::new("m", "http://127.0.0.1:1/v1")
    }

    #[test]
    fn a_client_is_kept_for_the_same_way_and_once_its_answer_is_read() {
        let pool = Pool::default();
        let keep = |is_spent: bool| {
            let (sender, signals) = sync_channel(1);
            if is_spent {
                sender.send(Signal::Spent).unwrap();
            }
            let client = pool.new_client(&endpoint());
            pool.keep(client.unwrap_or_else(|_| panic!("a client")), signals);
            sender
        };
        let is_kept = |endpoint: &Endpoint| pool.kept(endpoint).is_ok_and(|kept| kept.is_some());
        keep(true);
        let mut other = endpoint();
        other.base_url = "http://127.0.0.1:2/v1".into();
        assert!(!is_kept(&other));
        other = endpoint();
        other.limits.connect = Duration::MAX;
        assert!(!is_kept(&other));
        // Another model and another key are no other route.
        other = endpoint();
        other.model = "n".into();
        assert!(is_kept(&other));
        assert!(!is_kept(&other));
        let open = keep(false);
        assert!(!is_kept(&endpoint()));
        assert!(open.send(Signal::Spent).is_err());
    }

    #[test]
    fn clients_are_kept_for_some_time_and_not_too_many() {
        let pool = Pool::default();
        for _ in 0..MOST_KEPT + 3 {
            let (sender, signals) = sync_channel(1);
            sender.send(Signal::Spent).unwrap();
            let client = pool.new_client(&endpoint());
            pool.keep(client.unwrap_or_else(|_| panic!("a client")), signals);
        }
        let count = || pool.kept.lock().unwrap().len();
        assert_eq!(count(), MOST_KEPT);
        for one in pool.kept.lock().unwrap().iter_mut() {
            one.since_by_date -= KEPT_FOR;
        }
        assert!(pool.kept(&endpoint()).is_ok_and(|kept| kept.is_none()));
        assert_eq!(count(), 0);
    }

    #[test]
    fn no_limit_is_none() {
        assert_eq!(limited(Duration::MAX), None);
        assert_eq!(limited(Duration::from_secs(u64::MAX)), None);
        assert_eq!(
            limited(Duration::from_secs(1)),
            Some(Duration::from_secs(1))
        );
    }
}
