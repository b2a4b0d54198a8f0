//! Each form, of the same conversation.

use super::*;
use crate::domain::{MessageId, ReplyDetails, Role, SessionId, Status, Timestamp, Usage, UserName};

const SESSION: &str = "5b0c1f7e-0f3a-4c1d-9b7e-000000000001";

/// The title of a conversation, and what is said in it.
type Talk<'a> = (Option<&'a str>, &'a [(Role, &'a str)]);

/// A conversation with everything that a form may stumble over.
fn written(form: Form, conversations: &[Talk<'_>]) -> String {
    let user = UserName::new("Zoë *x*").unwrap();
    let session = SessionId::parse(SESSION).unwrap();
    let (mut writer, is_of_conversations) = match form.way() {
        Way::Log(writer) => (writer, false),
        Way::Conversations(writer) => (writer, true),
        Way::Records => panic!("it has more than messages"),
    };
    let (mut out, mut id) = (Vec::new(), 0);
    writer.begin(&mut out);
    for (title, messages) in conversations {
        let heading = Heading {
            session,
            user: &user,
            title: *title,
        };
        if is_of_conversations {
            writer.begin_conversation(&heading, &mut out);
        }
        for (role, content) in *messages {
            id += 1;
            let is_reply = *role == Role::Ai;
            let message = Message {
                id: MessageId(id),
                seq: id,
                parent: None,
                user: &user,
                session,
                role: *role,
                content,
                created_at: Timestamp(1_795_354_327_120),
                said_at: (id == 1).then_some(Timestamp(1_700_000_000_007)),
                source: None,
                model: is_reply.then_some("mock"),
                status: if content.ends_with('…') {
                    Status::Interrupted
                } else {
                    Status::Complete
                },
                usage: is_reply.then_some(Usage {
                    prompt: 7,
                    reply: 3,
                }),
                details: ReplyDetails {
                    reasoning: is_reply.then_some("thought"),
                    finish_reason: is_reply.then_some("stop"),
                    citations: None,
                },
            };
            if writer.takes(&message) {
                writer.message(&message, &mut out);
            }
        }
        if is_of_conversations {
            writer.end_conversation(&mut out);
        }
    }
    String::from_utf8(out).unwrap()
}

const TALK: &[(Role, &str)] = &[
    (Role::User, "a \"b\",\n=1+1 \u{1b}[2J"),
    (Role::Ai, "```rust\nfn main() {}…"),
];

#[test]
fn markdown_has_titles_and_closes_what_is_open() {
    assert_eq!(
        written(
            Form::Markdown,
            &[(Some("A # trip\n[x](y)"), TALK), (None, &[])]
        ),
        "# A \\# trip \\[x\\](y)\n\n\
         *Zoë \\*x\\*, session 5b0c1f7e-0f3a-4c1d-9b7e-000000000001*\n\n\
         **Zoë \\*x\\*** · 2023-11-14 22:13:20 UTC\n\n\
         a \"b\",\n=1+1 ␛[2J\n\n\
         **ai (mock)** · 2026-11-22 13:32:07 UTC, interrupted\n\n\
         <details><summary>Reasoning</summary>\n\nthought\n\n</details>\n\n\
         ```rust\nfn main() {}…\n```\n\n\
         ---\n\n\
         # Session 5b0c1f7e\n\n\
         *Zoë \\*x\\*, session 5b0c1f7e-0f3a-4c1d-9b7e-000000000001*\n"
    );
}

#[test]
fn a_block_of_code_ends_where_its_own_fence_stands() {
    for (said, end) in [
        ("```\na\n```", "```\na\n```\n"),
        ("````\n```\n````", "````\n```\n````\n"),
        ("````\n```", "````\n```\n````\n"),
        ("~~~ x`y\n```", "~~~ x`y\n```\n~~~\n"),
        ("```a`b", "```a`b\n"),
        ("    ```", "    ```\n"),
        ("``` \n", "```\n```\n"),
    ] {
        let all = written(Form::Markdown, &[(None, &[(Role::User, said)])]);
        assert!(all.ends_with(&format!("UTC\n\n{end}")), "{said}: {all}");
    }
}

#[test]
fn text_has_no_marks_and_drives_no_terminal() {
    assert_eq!(
        written(Form::Text, &[(Some("A\ntrip"), TALK), (None, &[])]),
        "A trip\nZoë *x*, session 5b0c1f7e-0f3a-4c1d-9b7e-000000000001\n\n\
         Zoë *x*, 2023-11-14 22:13:20 UTC:\n\
         a \"b\",\n=1+1 ␛[2J\n\n\
         ai (mock), 2026-11-22 13:32:07 UTC, interrupted:\n\
         ```rust\nfn main() {}…\n\n\n\
         Zoë *x*, session 5b0c1f7e-0f3a-4c1d-9b7e-000000000001\n"
    );
}

#[test]
fn csv_quotes_what_it_has_to_and_holds_no_formula() {
    let formulas: &[(Role, &str)] = &[
        (Role::User, "=1+1"),
        (Role::System, "-x"),
        (Role::User, "@"),
    ];
    let head = "id,seq,at,user_id,session_id,role,model,status,prompt_tokens,reply_tokens,\
                finish_reason,content,reasoning\r\n";
    assert_eq!(
        written(Form::Csv, &[(None, TALK)]),
        format!(
            "{head}1,1,2023-11-14T22:13:20.007Z,Zoë *x*,{SESSION},user,,complete,,,,\
             \"a \"\"b\"\",\n=1+1 \u{1b}[2J\",\r\n\
             2,2,2026-11-22T13:32:07.120Z,Zoë *x*,{SESSION},ai,mock,interrupted,7,3,stop,\
             \"```rust\nfn main() {{}}…\",thought\r\n"
        )
    );
    let rows = written(Form::Csv, &[(None, formulas)]);
    let contents = rows.lines().skip(1);
    let contents = contents.map(|row| row.split(',').nth(11).unwrap_or_default());
    assert_eq!(
        contents.collect::<Vec<_>>(),
        ["\"'=1+1\"", "\"'-x\"", "\"'@\""]
    );
}

#[test]
fn openai_has_a_conversation_a_line() {
    let unanswered: &[(Role, &str)] = &[
        (Role::System, "be\nbrief"),
        (Role::User, "q"),
        (Role::Ai, ""),
    ];
    assert_eq!(
        written(Form::OpenAi, &[(None, TALK), (None, unanswered)]),
        "{\"messages\":[{\"role\":\"user\",\"content\":\"a \\\"b\\\",\\n=1+1 \\u001b[2J\"},\
         {\"role\":\"assistant\",\"content\":\"```rust\\nfn main() {}…\"}]}\n\
         {\"messages\":[{\"role\":\"system\",\"content\":\"be\\nbrief\"},\
         {\"role\":\"user\",\"content\":\"q\"}]}\n"
    );
}

#[test]
fn langchain_has_its_dictionaries() {
    assert_eq!(
        written(Form::LangChain, &[(None, TALK)]),
        format!(
            "[{{\"type\":\"human\",\"data\":{{\"content\":\"a \\\"b\\\",\\n=1+1 \\u001b[2J\",\
             \"additional_kwargs\":{{}},\"response_metadata\":{{}},\"type\":\"human\",\"id\":\"{SESSION}-1\"}}}},\
             {{\"type\":\"ai\",\"data\":{{\"content\":\"```rust\\nfn main() {{}}…\",\
             \"additional_kwargs\":{{}},\"response_metadata\":{{\"model_name\":\"mock\",\
             \"finish_reason\":\"stop\"}},\"type\":\"ai\",\"id\":\"{SESSION}-2\"}}}}]\n"
        )
    );
}

#[test]
fn a_trace_has_a_head_and_lines() {
    assert_eq!(
        written(Form::SessionTrace, &[(Some("Trip"), &TALK[1..])]),
        format!(
            "{{\"type\":\"session\",\"harness\":\"saylog\",\"id\":\"{SESSION}\",\"name\":\"Trip\",\
             \"user\":\"Zoë *x*\"}}\n\
             {{\"type\":\"message\",\"timestamp\":\"2023-11-14T22:13:20.007Z\",\"message\":\
             {{\"role\":\"assistant\",\"content\":\"```rust\\nfn main() {{}}…\",\"model\":\"mock\"}}}}\n"
        )
    );
}

#[test]
fn names_of_files_and_words_tell_forms() {
    for form in Form::ALL {
        assert_eq!(Form::parse(form.word()), Some(form));
    }
    assert_eq!(Form::parse("pdf"), None);
    for (name, form) in [
        ("a.md", Some(Form::Markdown)),
        ("a.b.TXT", Some(Form::Text)),
        ("a.csv", Some(Form::Csv)),
        ("a", None),
        ("a.json", None),
    ] {
        assert_eq!(Form::of_name(name), form, "{name}");
    }
}
