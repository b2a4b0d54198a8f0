//! Keys of services that send messages, take money and sell.

use super::row::{Row, row};

pub(super) static SERVICES: [Row; 29] = [
    row(
        "a Slack token",
        &[
            "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxo-", "xoxc-",
        ],
        "[0-9]{1,14}(?:-[0-9]{6,14}){0,3}-[A-Za-z0-9]{16,200}",
    ),
    row("a Slack token", &["xoxd-"], "[A-Za-z0-9%+/=]{60,400}"),
    row(
        "a Slack token",
        &["xoxe.xoxb-", "xoxe.xoxp-"],
        "[0-9]-[A-Za-z0-9]{140,200}",
    ),
    row(
        "a Slack token",
        &["xapp-"],
        "[0-9]-[A-Z0-9]{8,14}-[0-9]{8,14}-[A-Za-z0-9]{32,80}",
    ),
    row(
        "a Slack webhook",
        &["hooks.slack.com/services/"],
        "T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}",
    ),
    row(
        "a Slack webhook",
        &["hooks.slack.com/workflows/", "hooks.slack.com/triggers/"],
        "T[A-Z0-9]{8,12}/(?:A[A-Z0-9]{8,12}/)?[0-9]{8,20}/[A-Za-z0-9]{24,40}",
    ),
    row(
        "a Discord webhook",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        "[0-9]{17,20}/[A-Za-z0-9_-]{60,80}",
    ),
    // The first part is the number of the account in base64.
    row(
        "a Discord token",
        &["Bot "],
        r"[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}",
    )
    .named(),
    row(
        "a Teams webhook",
        &[".webhook.office.com/webhookb2/"],
        "[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}",
    )
    .named(),
    row("a Telegram token", &[":AA"], "[A-Za-z0-9_-]{33}").behind(8..11, "[0-9]{8,10}"),
    row(
        "a Stripe key",
        &[
            "sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_",
        ],
        "[A-Za-z0-9]{16,128}",
    ),
    row(
        "a signing secret",
        &["whsec_"],
        "[A-Za-z0-9+/]{32,64}={0,2}",
    ),
    row("a Square token", &["sq0atp-"], "[A-Za-z0-9_-]{22}"),
    row("a Square secret", &["sq0csp-"], "[A-Za-z0-9_-]{43}"),
    row(
        "a Razorpay key",
        &["rzp_live_", "rzp_test_"],
        "[A-Za-z0-9]{14}",
    ),
    row(
        "a Flutterwave key",
        &["FLWSECK_TEST-", "FLWSECK-"],
        "[0-9a-z]{32}-X",
    ),
    row(
        "a Shopify token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        "[0-9a-fA-F]{32}",
    ),
    row(
        "a Shippo token",
        &["shippo_live_", "shippo_test_"],
        "[0-9a-f]{40}",
    ),
    row("an EasyPost key", &["EZAK", "EZTK"], "[A-Za-z0-9]{54}"),
    row(
        "a Duffel token",
        &["duffel_live_", "duffel_test_"],
        "[A-Za-z0-9_=-]{43}",
    ),
    row(
        "a SendGrid key",
        &["SG."],
        r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    ),
    row(
        "a Brevo key",
        &["xkeysib-", "xsmtpsib-"],
        "[0-9a-f]{64}-[A-Za-z0-9]{16}",
    ),
    row("a Resend key", &["re_"], "[A-Za-z0-9]{8}_[A-Za-z0-9]{24}"),
    row("a Twilio key", &["SK"], "[0-9a-f]{32}"),
    row(
        "a HubSpot token",
        &["pat-na1-", "pat-na2-", "pat-eu1-"],
        "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
    row("a Klaviyo key", &["pk_"], "[0-9a-f]{34}"),
    row(
        "a Plaid token",
        &[
            "access-sandbox-",
            "access-development-",
            "access-production-",
        ],
        "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
    row(
        "a Braintree token",
        &["access_token$"],
        "(?:production|sandbox)[$][0-9a-z]{16}[$][0-9a-f]{32}",
    ),
    row(
        "a Facebook token",
        &["EAAC", "EAAM"],
        "[A-Za-z0-9]{100,250}",
    ),
];
