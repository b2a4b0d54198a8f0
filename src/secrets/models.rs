//! Keys of those who run models, and of those who help them.

use super::row::{Row, row};

pub(super) static MODELS: [Row; 27] = [
    row(
        "an Anthropic key",
        &["sk-ant-"],
        "(?:api|admin|oat|ort|sid)[0-9]{2}-[A-Za-z0-9_-]{80,128}",
    ),
    row("an OpenRouter key", &["sk-or-v1-"], "[0-9a-f]{64}"),
    row(
        "an OpenAI key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"],
        "[A-Za-z0-9_-]{40,256}",
    ),
    row(
        "an OpenAI key",
        &["sk-"],
        "[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
    ),
    row("an OpenAI session", &["sess-"], "[A-Za-z0-9]{40}"),
    row(
        "a Langfuse key",
        &["sk-lf-"],
        "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
    // Many serve models in the manner of OpenAI, with keys that look like its oldest.
    row("an API key", &["sk-"], "[A-Za-z0-9]{32,64}"),
    row("a Google API key", &["AIza"], "[A-Za-z0-9_-]{35}"),
    row(
        "a Hugging Face token",
        &["hf_", "api_org_"],
        "[A-Za-z0-9]{34}",
    ),
    row("a Groq key", &["gsk_"], "[A-Za-z0-9]{52}"),
    row("an xAI key", &["xai-"], "[A-Za-z0-9]{80}"),
    row("a Perplexity key", &["pplx-"], "[A-Za-z0-9]{48}"),
    row("a Replicate token", &["r8_"], "[A-Za-z0-9]{37}"),
    row("an NVIDIA key", &["nvapi-"], "[A-Za-z0-9_-]{60,70}"),
    row("a Cerebras key", &["csk-"], "[a-z0-9]{48}"),
    row("a Together key", &["tgp_v1_"], "[A-Za-z0-9_-]{43}"),
    row("an ElevenLabs key", &["sk_"], "[0-9a-f]{48}"),
    row("a Tavily key", &["tvly-"], "(?:dev-|prod-)?[A-Za-z0-9]{32}"),
    row("a Firecrawl key", &["fc-"], "[0-9a-f]{32}"),
    row("a Jina key", &["jina_"], "[0-9a-f]{32}[A-Za-z0-9_-]{28}"),
    row("an E2B key", &["e2b_"], "[0-9a-f]{40}"),
    row("a RunPod key", &["rpa_"], "[A-Z0-9]{34,44}[a-z0-9]{0,8}"),
    row(
        "a LangSmith key",
        &["lsv2_pt_", "lsv2_sk_"],
        "[0-9a-f]{32}_[0-9a-f]{10}",
    ),
    row(
        "a Pinecone key",
        &["pcsk_"],
        "[A-Za-z0-9]{5,6}_[A-Za-z0-9]{58,64}",
    ),
    row("a Bedrock key", &["ABSK"], "[A-Za-z0-9+/]{109,269}={0,2}"),
    row(
        "a Bedrock key",
        &["bedrock-api-key-"],
        "YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/=_-]{32,512}",
    ),
    row("a Fireworks key", &["fw_"], "[A-Za-z0-9]{24}"),
];
