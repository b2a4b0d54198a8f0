//! Which proxy leads to an endpoint, and who named it.

use std::net::{IpAddr, Ipv4Addr};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::uri::Authority;
use ureq::http::{HeaderValue, Uri};
use ureq::{Proxy, ProxyProtocol};

use super::port::port_complaint;
use super::variables::Variables;
use crate::domain::{Problem, ProblemKind};

/// Which proxy an endpoint is reached through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ProxyChoice {
    /// The one that `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and the like choose;
    /// never for an address on this machine.
    #[default]
    Environment,
    /// None.
    Direct,
    /// This one, by its URL, for whatever address.
    Proxy(String),
}

/// A proxy, and who named it.
#[derive(Clone)]
pub(super) struct NamedProxy {
    pub proxy: Proxy,
    /// The flag or the variable that names it.
    pub origin: String,
}

impl NamedProxy {
    /// The proxy that a URL describes.
    ///
    /// # Errors
    /// It is no URL of a proxy, or names what is no port. The URL may hold a password
    /// and is not quoted.
    pub(super) fn new(url: &str, origin: &str) -> Result<Self, Problem> {
        let named = format!("the address of the proxy ({origin})");
        let wrong = |what| Problem {
            kind: ProblemKind::Other,
            what,
            hint: Some("it looks like `http://proxy.example:3128`".into()),
        };
        let Ok(proxy) = Proxy::new(url) else {
            return Err(wrong(format!("{named} is no URL")));
        };
        match port_complaint(proxy.uri(), &named) {
            Some(what) => Err(wrong(what)),
            None => Ok(Self {
                proxy,
                origin: origin.to_owned(),
            }),
        }
    }

    /// The proxy that the environment names for an address, if any. As with other
    /// programs, the variable of the scheme comes first, and the one in small letters.
    ///
    /// # Errors
    /// What it names is no URL of a proxy.
    pub(super) fn of_environment(
        uri: &Uri,
        variables: &Variables,
    ) -> Result<Option<Self>, Problem> {
        let set = |name: &str| variables.text(name);
        let exceptions = set("no_proxy").or_else(|| set("NO_PROXY"));
        if exceptions.is_some_and(|exceptions| is_excepted(exceptions, uri)) {
            return Ok(None);
        }
        let names = match uri.scheme_str() {
            Some("https") => ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"],
            _ => ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"],
        };
        match names.into_iter().find_map(|name| Some((name, set(name)?))) {
            Some((name, url)) => Self::new(url, name).map(Some),
            None => Ok(None),
        }
    }

    /// Whether requests over plain http are handed to it whole, with the address in
    /// them; other proxies are asked for a tunnel.
    pub(super) fn forwards(&self, scheme: Option<&str>) -> bool {
        scheme == Some("http")
            && matches!(
                self.proxy.protocol(),
                ProxyProtocol::Http | ProxyProtocol::Https
            )
    }

    /// Who we are to the proxy, for a request that it forwards.
    pub(super) fn authorization(&self) -> Option<HeaderValue> {
        let (name, password) = (self.proxy.username(), self.proxy.password());
        if name.is_none() && password.is_none() {
            return None;
        }
        let both = format!(
            "{}:{}",
            name.unwrap_or_default(),
            password.unwrap_or_default()
        );
        let value = format!("Basic {}", BASE64_STANDARD.encode(both));
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// What no message may hold.
    pub(super) fn secrets(&self) -> Vec<String> {
        // As it stands in the URL, too.
        let authority = self.proxy.uri().authority().map(Authority::as_str);
        let user = authority.and_then(|all| Some(all.rsplit_once('@')?.0));
        let written = user.and_then(|user| Some(user.split_once(':')?.1.to_owned()));
        let password = self.proxy.password().map(str::to_owned);
        password.into_iter().chain(written).collect()
    }

    /// Host and port.
    pub(super) fn host(&self) -> String {
        format!("{}:{}", self.proxy.host(), self.proxy.port())
    }

    /// Whether it is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(self.proxy.uri())
    }
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let address = bare(host).parse::<IpAddr>().ok();
    match address.or_else(|| short_address(&name).map(IpAddr::V4)) {
        // A connection to no address in particular goes to this machine.
        Some(address) => {
            let address = address.to_canonical();
            address.is_loopback() || address.is_unspecified()
        }
        None => name == "localhost" || name.ends_with(".localhost"),
    }
}

/// The address that systems read in fewer than four numbers, or in octal or hexadecimal
/// ones, in small letters: `127.1`, `0x7f.1`, `2130706433`. The last one fills what the
/// others leave.
fn short_address(host: &str) -> Option<Ipv4Addr> {
    let number = |part: &str| {
        let (digits, radix) = match part.strip_prefix('0') {
            None | Some("") => (part, 10),
            Some(rest) => rest.strip_prefix('x').map_or((rest, 8), |hex| (hex, 16)),
        };
        let is_plain = digits.chars().all(|c| c.is_digit(radix));
        u32::from_str_radix(digits, radix).ok().filter(|_| is_plain)
    };
    let numbers: Option<Vec<u32>> = host.split('.').map(number).collect();
    let numbers = numbers?;
    let (last, first) = numbers.split_last()?;
    let mut room = u32::BITS;
    let mut address = 0;
    for byte in first {
        room = room
            .checked_sub(8)
            .filter(|room| *room > 0 && *byte < 256)?;
        address |= byte << room;
    }
    let is_fit = u64::from(*last) < 1 << room;
    is_fit.then(|| Ipv4Addr::from_bits(address | last))
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Whether a list such as `localhost, .example.com, 10.0.0.0/8` has an address in it.
fn is_excepted(list: &str, uri: &Uri) -> bool {
    let host = bare(uri.host().unwrap_or_default()).to_ascii_lowercase();
    let port = uri.port_u16().map(|port| port.to_string());
    let entries = list.split([',', ' ', '\t']).map(str::trim);
    entries.filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" || is_in_network(entry, &host) {
            return true;
        }
        let entry = entry.to_ascii_lowercase();
        let (name, wanted) = match entry.rsplit_once(':') {
            Some((name, digits)) if !name.contains(':') => (name, Some(digits)),
            _ => (entry.as_str(), None),
        };
        if wanted.is_some() && wanted != port.as_deref() {
            return false;
        }
        let name = bare(name.trim_start_matches('*').trim_start_matches('.'));
        let before = host.strip_suffix(name);
        !name.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

/// Whether a host is an address in a network such as `10.0.0.0/8`.
fn is_in_network(network: &str, host: &str) -> bool {
    let parsed = network.split_once('/').and_then(|(start, bits)| {
        let (start, host) = (start.parse().ok()?, host.parse().ok()?);
        Some((start, host, bits.parse::<u32>().ok()?))
    });
    let same = |a: u128, b: u128, width: u32, bits: u32| {
        let rest = width.saturating_sub(bits);
        bits <= width && a.checked_shr(rest).unwrap_or(0) == b.checked_shr(rest).unwrap_or(0)
    };
    match parsed {
        Some((IpAddr::V4(start), IpAddr::V4(host), bits)) => {
            same(start.to_bits().into(), host.to_bits().into(), 32, bits)
        }
        Some((IpAddr::V6(start), IpAddr::V6(host), bits)) => {
            same(start.to_bits(), host.to_bits(), 128, bits)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(url: &str, variables: &[(&str, &str)]) -> Option<(String, String)> {
        let set = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let variables = Variables::of(&set.collect::<Vec<_>>());
        let named = NamedProxy::of_environment(&url.parse().unwrap(), &variables);
        let named = named.unwrap_or_else(|problem| panic!("{}", problem.what))?;
        Some((named.host(), named.origin))
    }

    #[test]
    fn the_variable_of_the_scheme_comes_first() {
        let all = [
            ("https_proxy", ""),
            ("HTTPS_PROXY", "http://a:1"),
            ("HTTP_PROXY", "http://b:2"),
            ("ALL_PROXY", "http://c:3"),
        ];
        let found = |host: &str, origin: &str| Some((host.to_owned(), origin.to_owned()));
        assert_eq!(chosen("https://h/", &all), found("a:1", "HTTPS_PROXY"));
        assert_eq!(chosen("http://h/", &all), found("b:2", "HTTP_PROXY"));
        assert_eq!(chosen("http://h/", &all[3..]), found("c:3", "ALL_PROXY"));
        assert_eq!(chosen("http://h/", &all[..2]), None);
    }

    #[test]
    fn a_list_excepts_hosts() {
        for (list, is_excepted) in [
            ("h.example", true),
            ("example", true),
            (".example", true),
            ("x, *.EXAMPLE", true),
            ("*", true),
            ("h.example:8080", true),
            ("h.example:80", false),
            ("ample", false),
            ("xh.example", false),
            ("", false),
        ] {
            let all = [("HTTP_PROXY", "http://b:2"), ("NO_PROXY", list)];
            let found = chosen("http://h.example:8080/v1", &all);
            assert_eq!(found.is_none(), is_excepted, "{list}");
        }
        for (list, url, is_excepted) in [
            ("10.0.0.0/8", "http://10.1.2.3/", true),
            ("10.0.0.0/8", "http://11.1.2.3/", false),
            ("0.0.0.0/0", "http://11.1.2.3/", true),
            ("fd00::/8", "http://[fd12::1]/", true),
            ("fd12::1", "http://[fd12::1]:80/", true),
            ("10.0.0.0/33", "http://10.0.0.0/", false),
        ] {
            let all = [("HTTP_PROXY", "http://b:2"), ("no_proxy", list)];
            assert_eq!(chosen(url, &all).is_none(), is_excepted, "{list}");
        }
    }

    #[test]
    fn this_machine_has_many_spellings() {
        let is_near = |host: &str| is_loopback(&format!("http://{host}:9/v1").parse().unwrap());
        for host in [
            "localhost",
            "a.localhost.",
            "127.0.0.1",
            "127.9.9.9",
            "127.1",
            "127.0.1",
            "0x7F.1",
            "0177.0.0.01",
            "2130706433",
            "0x7f000001",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
            "0",
            "[::]",
        ] {
            assert!(is_near(host), "{host}");
        }
        for host in [
            "localhost.example",
            "127.example",
            "128.1",
            "1.127",
            "127.0.0.0.1",
            "127.256.1",
            "127.16777216",
            "4294967296",
            "0x",
            "09.1",
            "127..1",
            "127.-1",
            "10.0.0.1",
            "[::2]",
        ] {
            assert!(!is_near(host), "{host}");
        }
    }

    #[test]
    fn a_password_is_a_secret_and_never_shown() {
        let named = NamedProxy::new("http://me:s%40cret@p:1", "--proxy").unwrap();
        assert_eq!(named.secrets(), ["s@cret", "s%40cret"]);
        assert_eq!(named.host(), "p:1");
        let header = named.authorization().unwrap();
        assert_eq!(header.to_str().unwrap(), "Basic bWU6c0BjcmV0");
        assert!(header.is_sensitive());
        let wrong = NamedProxy::new("http://me:secret@", "--proxy")
            .err()
            .unwrap();
        assert_eq!(wrong.what, "the address of the proxy (--proxy) is no URL");
        for url in ["http://me:secret@p:99999", "me:secret@p:99999", "me:secret"] {
            let wrong = NamedProxy::new(url, "--proxy").err().unwrap();
            let told = "what stands behind the colon in the address of the proxy (--proxy) is no \
                        port";
            assert_eq!(wrong.what, told, "{url}");
        }
    }
}
