//! Why a model stopped, in the words of many endpoints.

use crate::domain::without_nul;

/// Words for a reply that the model has finished, as [`bare`] writes them. They are
/// those of OpenAI, Anthropic, Mistral, Cohere, Google, Amazon, IBM, Baidu, AI21,
/// Together, Ollama, LM Studio, vLLM, SGLang, TGI, llama.cpp and what resembles them.
const FINISHED: [&str; 28] = [
    "stop",
    "stopped",
    "endturn",
    "endofturn",
    "eos",
    "eostoken",
    "eosfound",
    "eot",
    "eottoken",
    "endoftext",
    "endofsequence",
    "stopsequence",
    "stoptoken",
    "stopword",
    "stopstring",
    "stopstringfound",
    "stopcriteria",
    "matchedstop",
    "end",
    "ended",
    "complete",
    "completed",
    "done",
    "finish",
    "finished",
    "normal",
    "natural",
    "success",
];

/// Words for a limit of tokens.
const LIMITED: [&str; 17] = [
    "length",
    "lengthcapped",
    "maxlen",
    "maxlength",
    "maxtokens",
    "maxtokensreached",
    "maxoutputtokens",
    "maxcompletiontokens",
    "maxnewtokens",
    "maxpredictedtokensreached",
    "modellength",
    "modelcontextwindowexceeded",
    "contextlength",
    "contextlengthreached",
    "contextlengthexceeded",
    "tokenlimit",
    "limit",
];

/// Words for a filter of the endpoint.
const FILTERED: [&str; 14] = [
    "contentfilter",
    "contentfiltered",
    "contentfiltering",
    "filter",
    "filtered",
    "safety",
    "recitation",
    "blocklist",
    "prohibitedcontent",
    "spii",
    "sensitive",
    "guardrailintervened",
    "refusal",
    "moderation",
];

/// Words for a call of a tool.
const CALLED: [&str; 6] = [
    "toolcalls",
    "toolcall",
    "tooluse",
    "functioncall",
    "functioncalls",
    "calltool",
];

/// Words for a reply that is not there yet, although the answer is at its end.
const PENDING: [&str; 3] = ["queued", "inprogress", "pending"];

/// What servers write that have nothing to say yet.
const NOTHING: [&str; 5] = ["", "null", "none", "false", "notfinished"];

/// How long a word is at most that is kept, in characters.
const WORD_CHARACTERS: usize = 64;

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// The endpoint's own word.
    pub word: String,
    pub kind: StopKind,
}

/// What the word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StopKind {
    /// The reply is finished.
    Finished,
    /// It reached a limit of tokens.
    Length,
    /// A filter of the endpoint stopped it.
    Filter,
    /// The model wants a tool to be used.
    Tool,
    /// It is not there yet.
    Pending,
    /// Something else, which is no proper end.
    Other,
}

impl Stop {
    /// The meaning of a word; none if it says that the reply goes on. A word that is
    /// not known is no proper end.
    pub(super) fn of(word: &str) -> Option<Self> {
        let bare = bare(word);
        let kind = match bare.as_str() {
            word if NOTHING.contains(&word) => return None,
            word if FINISHED.contains(&word) => StopKind::Finished,
            word if LIMITED.contains(&word) => StopKind::Length,
            word if FILTERED.contains(&word) => StopKind::Filter,
            word if CALLED.contains(&word) => StopKind::Tool,
            word if PENDING.contains(&word) => StopKind::Pending,
            _ => StopKind::Other,
        };
        let word = without_nul(word.trim());
        let word = word.chars().take(WORD_CHARACTERS).collect();
        Some(Self { word, kind })
    }

    /// A call of a tool beside a text, after which the endpoint said `word`, or nothing.
    pub(super) fn call(word: &str) -> Self {
        let word = word.to_owned();
        let kind = StopKind::Tool;
        Self { word, kind }
    }

    /// The one of two that counts. An improper end stays one, whatever is said after it,
    /// and a reply that was cut at its limit is not whole because it is ended afterwards.
    pub(super) fn after(earlier: Option<Self>, later: Option<Self>) -> Option<Self> {
        let is_cut = |stop: &Self| stop.kind == StopKind::Length;
        let is_finished = later
            .as_ref()
            .is_none_or(|stop| stop.kind == StopKind::Finished);
        match earlier {
            Some(stop) if !stop.is_proper() || is_cut(&stop) && is_finished => Some(stop),
            earlier => later.or(earlier),
        }
    }

    /// Whether the model ended the reply itself, or with its limit of tokens.
    pub(super) fn is_proper(&self) -> bool {
        matches!(self.kind, StopKind::Finished | StopKind::Length)
    }
}

/// A word in lower case, without underscores, hyphens and blanks, and without the
/// name that some interfaces put before it.
fn bare(word: &str) -> String {
    let letters = word.chars().filter(|c| c.is_alphanumeric());
    let word: String = letters
        .take(2 * WORD_CHARACTERS)
        .flat_map(char::to_lowercase)
        .collect();
    let rest = ["finishreason", "stopreason", "reason"]
        .iter()
        .find_map(|name| word.strip_prefix(name));
    rest.unwrap_or(&word).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_many_endpoints_are_known_in_any_case() {
        for (words, kind) in [
            (
                "stop STOP end_turn eos eos_token stop_sequence COMPLETE FINISH \
                 FINISH_REASON_STOP REASON_STOP EndTurn eosFound done",
                StopKind::Finished,
            ),
            (
                "length max_tokens MAX_TOKENS max_output_tokens model_length \
                 maxPredictedTokensReached model_context_window_exceeded FINISH_REASON_MAX_TOKENS",
                StopKind::Length,
            ),
            (
                "content_filter SAFETY refusal content_filtered sensitive",
                StopKind::Filter,
            ),
            ("tool_calls function_call tool_use", StopKind::Tool),
            ("queued in_progress", StopKind::Pending),
            (
                "error abort ERROR network_error insufficient_system_resource pause_turn \
                 cancelled 终止 stop_and_go",
                StopKind::Other,
            ),
        ] {
            for word in words.split_whitespace() {
                let stop = Stop::of(word).unwrap();
                assert_eq!((stop.word.as_str(), stop.kind), (word, kind));
            }
        }
        for nothing in ["", " ", "null", "NONE"] {
            assert_eq!(Stop::of(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn the_worse_of_two_ends_counts() {
        for (earlier, later, counts) in [
            ("", "stop", "stop"),
            ("stop", "", "stop"),
            ("stop", "length", "length"),
            ("length", "stop", "length"),
            ("length", "", "length"),
            ("length", "tool_calls", "tool_calls"),
            ("content_filter", "stop", "content_filter"),
            ("content_filter", "length", "content_filter"),
        ] {
            let found = Stop::after(Stop::of(earlier), Stop::of(later));
            assert_eq!(found, Stop::of(counts), "{earlier} {later}");
        }
    }

    #[test]
    fn a_word_has_a_limit() {
        assert_eq!(Stop::of(&"é".repeat(1000)).unwrap().word.len(), 128);
    }
}
