//! Tokens of forges, registries of packages, and what builds and watches programs.

use super::row::{Row, row};

pub(super) static FORGES: [Row; 45] = [
    row(
        "a GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        "[A-Za-z0-9]{36,255}",
    ),
    row(
        "a GitHub token",
        &["github_pat_"],
        "[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    ),
    row(
        "a GitLab token",
        &[
            "glpat-", "gldt-", "glptt-", "glrt-", "glft-", "glsoat-", "glcbt-", "glimt-", "gloas-",
            "glagent-", "glffct-",
        ],
        r"[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9})?",
    ),
    row("a GitLab token", &["GR1348941"], "[A-Za-z0-9_-]{20}"),
    row("a Bitbucket password", &["ATBB"], "[A-Za-z0-9]{32}"),
    row(
        "an Atlassian token",
        &["ATATT3xFfGF0", "ATCTT3xFfGN0"],
        "[A-Za-z0-9_=-]{100,240}",
    ),
    row("an Azure DevOps token", &["AZDO"], "[A-Za-z0-9]{4}").behind(76..77, "[A-Za-z0-9]{76}"),
    row("an npm token", &["npm_"], "[A-Za-z0-9]{36}"),
    row(
        "a PyPI token",
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        "[A-Za-z0-9_-]{50,500}",
    ),
    row("a RubyGems key", &["rubygems_"], "[0-9a-f]{48}"),
    row("a crates.io token", &["cio"], "[A-Za-z0-9]{32}"),
    row("a NuGet key", &["oy2"], "[a-z0-9]{43}"),
    row("a Clojars token", &["CLOJARS_"], "[A-Za-z0-9]{60}"),
    row(
        "a Docker token",
        &["dckr_pat_", "dckr_oat_"],
        "[A-Za-z0-9_-]{27,32}",
    ),
    row("an Artifactory key", &["AKCp"], "[A-Za-z0-9]{69}"),
    row("an Artifactory token", &["cmVmd"], "[A-Za-z0-9]{59}"),
    row(
        "a CircleCI token",
        &["CCIPAT_", "CCIPRJ_"],
        "[A-Za-z0-9]{22}_[0-9a-f]{40}",
    ),
    row("a Buildkite token", &["bkua_"], "[0-9a-f]{40}"),
    row(
        "a SonarQube token",
        &["sqp_", "squ_", "sqa_"],
        "[0-9a-f]{40}",
    ),
    row(
        "a Sourcegraph token",
        &["sgp_"],
        "(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40}",
    ),
    row("a Pulumi token", &["pul-"], "[0-9a-f]{40}"),
    row("a Prefect key", &["pnu_"], "[A-Za-z0-9]{36}"),
    row("an Infracost key", &["ico-"], "[A-Za-z0-9]{32}"),
    row("a Terraform token", &[".atlasv1."], "[A-Za-z0-9_=-]{60,70}")
        .behind(14..15, "[A-Za-z0-9]{14}"),
    row(
        "a Harness token",
        &["pat.", "sat."],
        r"[A-Za-z0-9_-]{22}\.[0-9a-zA-Z]{24}\.[A-Za-z0-9]{20}",
    ),
    row("an Octopus key", &["API-"], "[A-Z0-9]{26}"),
    row(
        "a Grafana token",
        &["glsa_"],
        "[A-Za-z0-9]{32}_[0-9a-fA-F]{8}",
    ),
    row("a Grafana token", &["glc_"], "[A-Za-z0-9+/]{32,400}={0,2}"),
    row("a Sentry token", &["sntryu_"], "[0-9a-f]{64}"),
    row(
        "a Sentry token",
        &["sntrys_"],
        "eyJ[A-Za-z0-9+/=]{40,400}_[A-Za-z0-9+/]{43}",
    ),
    row("a New Relic key", &["NRAK-"], "[A-Z0-9]{27}"),
    row("a New Relic key", &["NRII-"], "[A-Za-z0-9_-]{32}"),
    row("a New Relic key", &["NRJS-"], "[0-9a-f]{19}"),
    row(
        "a Dynatrace token",
        &["dt0c01.", "dt0s01.", "dt0s16."],
        r"[A-Z0-9]{24}\.[A-Z0-9]{64}",
    ),
    row("a Postman key", &["PMAK-"], "[0-9a-f]{24}-[0-9a-f]{34}"),
    row("a ReadMe key", &["rdme_"], "[a-z0-9]{70}"),
    row(
        "a Linear key",
        &["lin_api_", "lin_oauth_"],
        "[A-Za-z0-9]{40,64}",
    ),
    row("a Figma token", &["figd_", "figo_"], "[A-Za-z0-9_-]{40}"),
    row("a Notion token", &["ntn_"], "[0-9]{11}[A-Za-z0-9]{35}"),
    row("a Notion token", &["secret_"], "[A-Za-z0-9]{43}"),
    row(
        "an Airtable token",
        &["pat"],
        r"[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    ),
    row("a Typeform token", &["tfp_"], "[A-Za-z0-9_-]{40,64}"),
    row("a Contentful token", &["CFPAT-"], "[A-Za-z0-9_-]{43}"),
    row("a Frame.io token", &["fio-u-"], "[A-Za-z0-9_=-]{64}"),
    row(
        "a Mapbox token",
        &["sk.eyJ1Ijoi"],
        r"[A-Za-z0-9_-]{20,200}\.[A-Za-z0-9_-]{22}",
    ),
];
