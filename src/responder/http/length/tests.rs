use super::*;

fn told(status: u16, code: &str, text: &str) -> Option<(Option<usize>, Option<usize>)> {
    refused(status, code, text).map(|refusal| (refusal.limit, refusal.sent))
}

#[track_caller]
fn tell(texts: &[(&str, usize, usize)]) {
    for (text, limit, sent) in texts {
        let numbers = (Some(*limit), Some(*sent));
        assert_eq!(told(400, "", text), Some(numbers), "{text}");
    }
}

#[test]
fn what_openai_and_vllm_say_is_recognised_with_its_numbers() {
    tell(&[
        (
            "This model's maximum context length is 4097 tokens. However, your messages \
             resulted in 4209 tokens. Please reduce the length of the messages.",
            4097,
            4209,
        ),
        (
            "This model's maximum context length is 16384 tokens. However, you requested \
             122946 tokens (112946 in the messages, 10000 in the completion). Please reduce \
             the length of the messages or completion.",
            16384,
            112_946,
        ),
        (
            "This model's maximum context length is 8191 tokens, however you requested 10346 \
             tokens (10341 in your prompt; 5 for the completion). Please reduce your prompt; \
             or completion length.",
            8191,
            10341,
        ),
        (
            "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum \
             context length is 32768 tokens and your request has 1000 input tokens (32000 > \
             32768 - 1000).",
            32768,
            1000,
        ),
        (
            "This model's maximum context length is 128,000 tokens. However, your messages \
             resulted in 129,000 tokens.",
            128_000,
            129_000,
        ),
    ]);
}

#[test]
fn what_routers_and_large_ones_say_is_recognised_with_its_numbers() {
    tell(&[
        // OpenRouter, Anthropic, Google, xAI, Groq.
        (
            "This endpoint's maximum context length is 131072 tokens. However, you requested \
             about 200100 tokens (200000 of text input, 100 in the output).",
            131_072,
            200_000,
        ),
        (
            "prompt is too long: 213462 tokens > 200000 maximum",
            200_000,
            213_462,
        ),
        (
            "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, \
             decrease input length or `max_tokens` and try again",
            200_000,
            188_240,
        ),
        (
            "The input token count (1196265) exceeds the maximum number of tokens allowed \
             (1048575).",
            1_048_575,
            1_196_265,
        ),
        (
            "This model's maximum prompt length is 131072 but the request contains 537812 \
             tokens.",
            131_072,
            537_812,
        ),
    ]);
}

#[test]
fn what_other_servers_say_is_recognised_with_its_numbers() {
    tell(&[
        // llama.cpp, TGI, Mistral, Together, Copilot, Kimi, and others.
        (
            "request (13392 tokens) exceeds the available context size (8192 tokens), try \
             increasing it",
            8192,
            13392,
        ),
        (
            "inputs tokens + max_new_tokens must be <= 32769. Given: 75307 inputs tokens and \
             32000 max_new_tokens",
            32769,
            75307,
        ),
        (
            "Input validation error: `inputs` must have less than 4095 tokens. Given: 5000",
            4095,
            5000,
        ),
        (
            "Prompt contains 200000 tokens, too large for model with 131072 maximum context \
             length",
            131_072,
            200_000,
        ),
        (
            "The input (516368 tokens) is longer than the model's context length (262144 \
             tokens).",
            262_144,
            516_368,
        ),
        (
            "prompt token count of 200000 exceeds the limit of 128000",
            128_000,
            200_000,
        ),
        (
            "Your request exceeded model token limit: 256000 (requested: 300000)",
            256_000,
            300_000,
        ),
        (
            "Input length 131393 exceeds the maximum allowed input length of 131040 tokens.",
            131_040,
            131_393,
        ),
        (
            "Input length (265330) exceeds model's maximum context length (262144).",
            262_144,
            265_330,
        ),
        (
            "Prompt has 300,000 tokens, but the configured context size is 131,072 tokens",
            131_072,
            300_000,
        ),
    ]);
}

#[test]
fn what_local_servers_and_clouds_say_is_recognised_with_its_numbers() {
    tell(&[
        // LM Studio, watsonx, Cohere, vLLM.
        (
            "Trying to keep the first 5000 tokens when context the overflows. However, the \
             model is loaded with context length of only 4096 tokens, which is not enough.",
            4096,
            5000,
        ),
        (
            "the number of input tokens 5000 cannot exceed the total tokens limit 4096 for this \
             model",
            4096,
            5000,
        ),
        (
            "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received \
             4292. Try using a shorter prompt",
            4081,
            4292,
        ),
        (
            "The decoder prompt (length 5000) is longer than the maximum model length of 4096.",
            4096,
            5000,
        ),
        (
            "input tokens (5000) + max_tokens (50) is greater than max_model_len (4096)",
            4096,
            5000,
        ),
        (
            "Input length 5000 exceeds the maximum length 4096",
            4096,
            5000,
        ),
        (
            "The total length of the prompt 5000 and requested tokens 20 exceeds 4096",
            4096,
            5000,
        ),
        (
            "too many tokens: total tokens must be at most 4096, got 5000",
            4096,
            5000,
        ),
        (
            "Context length exceeded. Limit: 4096. Actual: 5000",
            4096,
            5000,
        ),
        (
            "context size exceeded (n_ctx=4096, n_prompt=5000)",
            4096,
            5000,
        ),
        (
            "Your prompt contains 5000 tokens, which is more than 4096, the context size of the \
             model",
            4096,
            5000,
        ),
    ]);
}

#[test]
fn a_number_that_is_not_there_is_not_made_up() {
    for (text, limit) in [
        ("Your input exceeds the context window of this model.", None),
        ("Input is too long for requested model.", None),
        (
            "the request exceeds the available context size, try increasing it",
            None,
        ),
        (
            "tokens to keep from the initial prompt is greater than the context length",
            None,
        ),
        ("invalid params, context window exceeds limit", None),
        ("invalid params, context window exceeds limit (2013)", None),
        ("The context is too long. (request id: 2024112710)", None),
        ("context length exceeded, error 1261", None),
        (
            "context length exceeded, please retry after 300 seconds",
            None,
        ),
        ("maximum context length is 8192 characters", None),
        ("maximum context length is 0 tokens", None),
        ("maximum context length is 200 tokens", None),
        ("maximum context length is -5000 tokens", None),
        ("maximum context length is 200,000,000 tokens", None),
        (
            "maximum context length is 99999999999999999999999999 tokens",
            None,
        ),
        ("Payload too large: message exceeds 1024 KB", None),
        (
            "too many tokens: size limit exceeded by 25 tokens. The limit for this model is 4081 \
             tokens.",
            Some(4081),
        ),
        ("maximum context length is 4 096 tokens", Some(4096)),
        ("maximum context length is 4\u{202f}096 tokens", Some(4096)),
        ("maximum context length is 4,096 tokens", Some(4096)),
        ("maximum context length is 4.096 tokens", Some(4096)),
        ("maximum context length is ４０９６ tokens", Some(4096)),
        ("maximum context length is 1M tokens", Some(1_000_000)),
        ("maximum context length is 1.5M tokens", Some(1_500_000)),
        ("maximum context length is 128K tokens", Some(128_000)),
        (
            "length limit exceeded: it is longer than 0,5k tokens",
            Some(500),
        ),
        (
            "prompt exceeds maximum context length of 32000 tokens for tier 1 (rate limit 40000 \
             TPM)",
            Some(32000),
        ),
        (
            "prompt too long; exceeded max context length by 4096 tokens",
            None,
        ),
        (
            "Please reduce the length of the messages or completion.",
            None,
        ),
        (
            "Requested token count exceeds the model's maximum context length of 131072 tokens.",
            Some(131_072),
        ),
        (
            "The number of tokens is greater than the context length (n_ctx: 8192)",
            Some(8192),
        ),
        ("Range of input length should be [1, 6000]", Some(6000)),
        (
            "The prompt is longer than the maximum model length of 24576",
            Some(24576),
        ),
        ("context length is only 128k tokens", Some(128_000)),
        (
            "The input token count exceeds the maximum number of tokens allowed 1048576.",
            Some(1_048_576),
        ),
    ] {
        assert_eq!(told(400, "", text), Some((limit, None)), "{text}");
    }
    assert_eq!(told(413, "", "Payload Too Large"), Some((None, None)));
    assert_eq!(
        told(400, "context_length_exceeded", "no"),
        Some((None, None))
    );
    assert_eq!(
        told(
            400,
            "string_above_max_length",
            "Invalid 'messages[0].content': string too long. Expected a string with maximum \
             length 1048576, but got a string with length 1500000 instead."
        ),
        Some((None, None))
    );
}

#[test]
fn other_refusals_are_not_about_length() {
    for text in [
        "Rate limit reached for m on tokens per min. Limit 30000, Used 25000, Requested 8000.",
        "Request too large for m in organization o on tokens per min (TPM): Limit 30000, \
         Requested 90000. The input or output tokens must be reduced.",
        "Too many tokens, please wait before trying again.",
        "Limit 300 RPM: context window requests per minute, maximum 300",
        "Throttling error: Too many tokens, please wait before trying again.",
        "You exceeded your current quota, please check your plan.",
        "max_tokens is too large: 99999. This model supports at most 16384 completion tokens.",
        "Range of max_tokens should be [1, 8192]",
        "Invalid 'prompt_cache_key': string too long.",
        "the model `m` does not exist",
        "model runner has unexpectedly stopped",
        "",
    ] {
        assert_eq!(told(429, "", text), None, "{text}");
    }
    let throttled = "a#ThrottlingException";
    assert_eq!(told(400, throttled, "Too many tokens"), None);
    assert_eq!(
        told(
            413,
            "",
            "Request too large on tokens per minute (TPM): Limit 6000, Requested 7012"
        ),
        Some((None, None))
    );
}
