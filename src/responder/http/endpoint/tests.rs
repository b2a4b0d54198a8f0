use super::*;

fn address(base: &str) -> Result<String, String> {
    let uri = Endpoint::new("m", base).address("/chat/completions");
    uri.map(|uri| uri.to_string())
        .map_err(|problem| problem.what)
}

#[test]
fn a_base_may_end_in_several_ways() {
    for base in [
        "",
        "/",
        "/chat/completions",
        "/chat/completions/",
        "/responses",
        "/messages/",
    ] {
        let found = address(&format!(" https://h.example/v1{base}"));
        assert_eq!(found.unwrap(), "https://h.example/v1/chat/completions");
    }
    assert_eq!(
        address("http://h:1").unwrap(),
        "http://h:1/chat/completions"
    );
    let query = address("https://h/v1?version=2").unwrap();
    assert_eq!(query, "https://h/v1/chat/completions?version=2");
}

#[test]
fn what_is_no_address_is_refused() {
    for base in ["", "localhost:11434/v1", "/v1", "http://", "http://a b"] {
        assert_eq!(
            address(base).unwrap_err(),
            "the address of the model is no URL",
            "{base}"
        );
    }
    let other = address("ftp://h/v1").unwrap_err();
    assert_eq!(other, "the address of the model is neither http nor https");
    let secret = address("https://me:secret@h/v1").unwrap_err();
    assert_eq!(
        secret,
        "the address of the model has a name or a password in it"
    );
}

#[test]
fn a_key_goes_over_tls_or_stays_on_this_machine() {
    for (base, goes) in [
        ("https://h.example/v1", true),
        ("http://localhost:1/v1", true),
        ("http://a.localhost./v1", true),
        ("http://127.3.2.1/v1", true),
        ("http://[::1]:1/v1", true),
        ("http://[::ffff:127.0.0.1]/v1", true),
        ("http://h.example/v1", false),
        ("http://localhost.example/v1", false),
        ("http://192.168.1.2/v1", false),
    ] {
        let mut endpoint = Endpoint::new("m", base);
        assert!(endpoint.check().is_ok(), "{base}");
        endpoint.key = Key::new("test-key-123");
        assert_eq!(endpoint.check().is_ok(), goes, "{base}");
    }
}

#[test]
fn other_secrets_stay_where_the_key_does() {
    let mut endpoint = Endpoint::new("m", "http://h.example/v1");
    endpoint.query = vec![("api-version".into(), "one two&3".into())];
    let told = |endpoint: &Endpoint| endpoint.check().err().map(|problem| problem.what);
    let what = "what `query` holds is not sent over plain http to h.example";
    assert_eq!(told(&endpoint).unwrap(), what);
    endpoint.headers = vec![("X-Secret".into(), "hidden".into())];
    let what = "what `headers` holds is not sent over plain http to h.example";
    assert_eq!(told(&endpoint).unwrap(), what);
    endpoint.allow_key_over_http = true;
    assert_eq!(told(&endpoint), None);
    let sent = endpoint.address("/models").unwrap().to_string();
    assert_eq!(sent, "http://h.example/v1/models?api-version=one%20two%263");
    let cut = endpoint.secrets().cut("hidden in one%20two%263");
    assert!(!cut.contains("hidden") && !cut.contains("%20"), "{cut}");
    // A proxy elsewhere would see what goes to this machine.
    endpoint.allow_key_over_http = false;
    endpoint.base_url = "http://localhost:1/v1".into();
    assert_eq!(told(&endpoint), None);
    endpoint.proxy = ProxyChoice::Proxy("http://me:secret@proxy.example:3128".into());
    let what = "what `headers` holds is not sent over plain http to the proxy proxy.example:3128";
    assert_eq!(told(&endpoint).unwrap(), what);
    endpoint.proxy = ProxyChoice::Proxy("http://127.0.0.1:3128".into());
    assert_eq!(told(&endpoint), None);
}

#[test]
fn what_is_secret_in_the_address_is_treated_so() {
    for (base, path_secret, what) in [
        (
            "http://h.example/v1?a=hidden%2Bvalue&version=2",
            None,
            "what the query of the base URL holds is not sent over plain http to h.example",
        ),
        (
            "http://h.example/hidden%2Bvalue/v1",
            Some("hidden%2Bvalue"),
            "what a variable holds in the path of the base URL is not sent over plain http to \
             h.example",
        ),
    ] {
        let mut endpoint = Endpoint::new("m", base);
        endpoint.path_secrets = path_secret.map(str::to_owned).into_iter().collect();
        assert_eq!(endpoint.check().unwrap_err().what, what);
        let secrets = endpoint.secrets();
        for quoted in ["at hidden%2Bvalue!", "at hidden+value!"] {
            let cut = secrets.cut(quoted);
            assert!(!cut.contains("hidden") && !cut.contains("value"), "{cut}");
        }
        endpoint.base_url = base.replace("http:", "https:");
        assert!(endpoint.check().is_ok());
    }
    let empty = Endpoint::new("m", "http://h.example/v1?&a=");
    assert!(empty.check().is_ok());
}

#[test]
fn the_store_knows_an_address_as_it_was_written() {
    for (written, stored) in [
        ("https://h.example/v1", "h.example/v1"),
        (" http://h:1/v1/chat/completions/?a=b#c", "h:1/v1"),
        ("http://h", "h"),
        ("https://h/$TOKEN/v1?key=$KEY", "h/$TOKEN/v1"),
        ("$BASE/v1", "$BASE/v1"),
    ] {
        let mut endpoint = Endpoint::new("m", "https://other/hidden");
        endpoint.address_as_written = written.into();
        assert_eq!(endpoint.stored_address(), stored);
    }
}

#[test]
fn a_proxy_that_is_named_leads_to_this_machine_too() {
    let mut endpoint = Endpoint::new("m", "http://127.0.0.1:1/v1");
    assert!(endpoint.effective_proxy().unwrap().is_none());
    endpoint.proxy = ProxyChoice::Proxy("http://proxy.example:3128".into());
    for base in ["http://127.0.0.1:1/v1", "http://h.example/v1"] {
        endpoint.base_url = base.into();
        let proxy = endpoint.effective_proxy().unwrap().unwrap();
        assert_eq!(proxy.host(), "proxy.example:3128");
    }
    endpoint.proxy = ProxyChoice::Proxy("http://".into());
    assert!(endpoint.check().is_err());
    endpoint.proxy = ProxyChoice::Direct;
    assert!(endpoint.effective_proxy().unwrap().is_none());
}
