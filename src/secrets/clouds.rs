//! Keys of clouds, of data bases that are rented there, and of stores of secrets.

use super::row::{Row, row};

pub(super) static CLOUDS: [Row; 37] = [
    row(
        "an AWS access key id",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        "[A-Z2-7]{16}",
    ),
    row("a Google OAuth secret", &["GOCSPX-"], "[A-Za-z0-9_-]{28}"),
    row("a Google access token", &["ya29."], "[A-Za-z0-9_-]{40,400}"),
    row("a Google refresh token", &["1//0"], "[A-Za-z0-9_-]{50,128}"),
    row(
        "an Azure storage key",
        &["AccountKey="],
        "[A-Za-z0-9+/]{86}==",
    )
    .named(),
    row(
        "an Azure access key",
        &["SharedAccessKey="],
        "[A-Za-z0-9+/]{43}=",
    )
    .named(),
    row(
        "an Azure signature",
        &["sig="],
        "(?:[A-Za-z0-9]|%2[BbFf]){30,43}%3[Dd]",
    )
    .named(),
    row(
        "an Azure client secret",
        &["Q~"],
        "[A-Za-z0-9_~.-]{30,33}[A-Za-z0-9_~]",
    )
    .behind(4..5, "[A-Za-z0-9_~.-]{3}[0-9]"),
    row("an Azure key", &["JQQJ99"], "[A-Za-z0-9]{26}").behind(52..53, "[A-Za-z0-9]{52}"),
    row(
        "a DigitalOcean token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        "[0-9a-f]{64}",
    ),
    row("a Databricks token", &["dapi"], "[0-9a-f]{32}(?:-[0-9])?"),
    row(
        "a Cloudflare origin key",
        &["v1.0-"],
        "[0-9a-f]{24}-[0-9a-f]{146}",
    ),
    row("an Alibaba key id", &["LTAI"], "[A-Za-z0-9]{20}"),
    row("a Tencent key id", &["AKID"], "[A-Za-z0-9]{32}"),
    row("a Yandex key", &["AQVN"], "[A-Za-z0-9_-]{35,38}"),
    row("a Heroku key", &["HRKU-AA"], "[A-Za-z0-9_-]{58}"),
    row("a Fly token", &["fo1_"], "[A-Za-z0-9_-]{43}"),
    row(
        "a Fly token",
        &["fm1a_", "fm1r_", "fm2_"],
        "[A-Za-z0-9+/]{100,600}={0,3}",
    ),
    row("a Netlify token", &["nfp_"], "[A-Za-z0-9]{36}"),
    row("a Scalingo token", &["tk-us-"], "[A-Za-z0-9_-]{48}"),
    row("an OpenShift token", &["sha256~"], "[A-Za-z0-9_-]{43}"),
    row("a Supabase token", &["sbp_"], "[0-9a-f]{40}"),
    row(
        "a Supabase key",
        &["sb_secret_"],
        "[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}",
    ),
    row("a Neon key", &["napi_"], "[a-z0-9]{64}"),
    row(
        "a PlanetScale secret",
        &["pscale_tkn_", "pscale_oauth_", "pscale_pw_"],
        "[A-Za-z0-9_.=-]{31,63}[A-Za-z0-9_=]",
    ),
    row("a ClickHouse key", &["4b1d"], "[A-Za-z0-9]{38}"),
    row("a Vault token", &["hvs.", "hvr."], "[A-Za-z0-9_-]{24,160}"),
    row("a Vault token", &["hvb."], "[A-Za-z0-9_-]{100,400}"),
    row(
        "a Doppler token",
        &["dp.pt.", "dp.ct.", "dp.sa.", "dp.scim."],
        "[A-Za-z0-9]{40,44}",
    ),
    row(
        "a Doppler token",
        &["dp.st."],
        r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
    ),
    row(
        "a 1Password token",
        &["ops_eyJ"],
        "[A-Za-z0-9+/]{250,600}={0,3}",
    ),
    row(
        "a 1Password key",
        &["A3-"],
        "[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}",
    ),
    row(
        "an age key",
        &["AGE-SECRET-KEY-1"],
        "[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
    ),
    row(
        "a Tailscale key",
        &["tskey-"],
        "(?:api|auth|client|scim|webhook)-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{16,64}",
    ),
    row("an Adobe secret", &["p8e-"], "[A-Za-z0-9]{32}"),
    row("a MaxMind key", &["_mmk"], "").behind(36..37, "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}"),
    row("an Atlas key", &["mdb_sa_sk_"], "[A-Za-z0-9_-]{40}"),
];
