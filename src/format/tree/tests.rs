use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{Role, Timestamp};

fn said(id: &str, above: Option<&str>, at: Option<i64>) -> Node {
    let mut utterance = Utterance::new(id, Role::Ai, format!("text of {id}"));
    utterance.at = at.map(Timestamp);
    Node {
        id: id.to_owned(),
        above: above.map_or(Above::Nothing, |id| Above::Id(id.to_owned())),
        what: What::Said(utterance),
    }
}

fn hidden(id: &str, above: Option<&str>) -> Node {
    Node {
        what: What::Nothing,
        ..said(id, above, None)
    }
}

fn thought(id: &str, above: Option<&str>) -> Node {
    Node {
        what: What::Thought(format!("thought {id}")),
        ..said(id, above, None)
    }
}

/// The conversation as `id<parent`, and its current message.
fn arranged(nodes: Vec<Node>, current: &str) -> (Vec<String>, Option<usize>) {
    let mut conversation = Conversation::default();
    arrange(nodes, Some(current), &mut conversation);
    let messages = &conversation.messages;
    let told = messages.iter().map(|message| {
        let parent = message.parent.map_or("", |parent| &messages[parent].id);
        format!("{}<{parent}", message.id)
    });
    (told.collect(), conversation.current)
}

#[test]
fn parents_come_first_then_times_then_the_file() {
    let nodes = vec![
        said("late", Some("root"), Some(9)),
        said("child", Some("early"), None),
        said("early", Some("root"), Some(5)),
        said("same", Some("root"), Some(5)),
        said("root", Some("gone"), Some(7)),
        said("other", None, None),
    ];
    let (told, current) = arranged(nodes, "early");
    assert_eq!(
        told,
        [
            "other<",
            "root<",
            "early<root",
            "child<early",
            "same<root",
            "late<root"
        ]
    );
    assert_eq!(current, Some(2));
}

#[test]
fn what_is_not_kept_is_passed_over() {
    let nodes = vec![
        hidden("root", None),
        said("a", Some("root"), None),
        hidden("b", Some("a")),
        hidden("c", Some("b")),
        said("d", Some("c"), None),
        hidden("e", Some("d")),
    ];
    assert_eq!(
        arranged(nodes.clone(), "e"),
        (vec!["a<".into(), "d<a".into()], Some(1))
    );
    assert_eq!(arranged(nodes.clone(), "c").1, Some(0));
    assert_eq!(arranged(nodes.clone(), "root").1, None);
    assert_eq!(arranged(nodes, "gone").1, None);
}

#[test]
fn circles_end_at_their_earliest() {
    let nodes = vec![
        said("a", Some("c"), None),
        said("b", Some("a"), Some(2)),
        said("c", Some("b"), Some(3)),
        said("tail", Some("a"), Some(4)),
        said("self", Some("self"), Some(1)),
        hidden("x", Some("y")),
        hidden("y", Some("x")),
        said("z", Some("x"), Some(0)),
    ];
    let expected = ["z<", "self<", "b<", "c<b", "a<c", "tail<a"].map(str::to_owned);
    assert_eq!(arranged(nodes, "x"), (expected.to_vec(), None));
}

#[test]
fn the_first_of_an_id_stays_and_a_hidden_one_takes_it_from_nobody() {
    let mut conversation = Conversation::default();
    let nodes = vec![
        hidden("a", None),
        said("a", None, Some(1)),
        said("b", Some("a"), Some(2)),
        said("a", Some("b"), Some(3)),
        Node {
            above: Above::Place(3),
            ..said("c", None, Some(4))
        },
    ];
    arrange(nodes, None, &mut conversation);
    let ids: Vec<_> = conversation
        .messages
        .iter()
        .map(|said| (&*said.id, said.parent))
        .collect();
    assert_eq!(ids, [("a", None), ("b", Some(0)), ("c", Some(1))]);
    let left_out: Vec<_> = conversation.left_out.kinds().collect();
    assert_eq!(left_out, [("doubled messages", 1)]);
}

#[test]
fn thoughts_go_to_the_first_reply_behind_them() {
    let mut conversation = Conversation::default();
    let nodes = vec![
        thought("1", None),
        hidden("2", Some("1")),
        thought("3", Some("2")),
        said("a", Some("3"), Some(1)),
        said("again", Some("3"), Some(2)),
        thought("lost", Some("a")),
    ];
    arrange(nodes, None, &mut conversation);
    let thoughts: Vec<_> = conversation
        .messages
        .iter()
        .map(|said| said.reasoning.as_deref())
        .collect();
    assert_eq!(thoughts, [Some("thought 1\n\nthought 3"), None]);
    let left_out: Vec<_> = conversation.left_out.kinds().collect();
    assert_eq!(left_out, [("thoughts without a reply", 1)]);
}

/// A node of a small graph: where it hangs, its time, and what becomes of it.
fn any_node() -> impl Strategy<Value = (usize, usize, Option<i64>, u8)> {
    (
        0..40_usize,
        0..44_usize,
        proptest::option::of(0..5_i64),
        0..4_u8,
    )
}

proptest! {
    #[test]
    fn any_graph_becomes_a_list_with_parents_first(
        graph in proptest::collection::vec(any_node(), 0..60),
        current in 0..40_usize,
    ) {
        let nodes: Vec<_> = graph.iter().map(|&(id, above, at, what)| {
            let (id, parent) = (id.to_string(), above.to_string());
            let mut node = match what {
                0 => hidden(&id, Some(&parent)),
                1 => thought(&id, Some(&parent)),
                _ => said(&id, Some(&parent), at),
            };
            if what == 3 {
                node.above = Above::Place(above);
            }
            node
        }).collect();
        let kept: HashSet<_> = nodes.iter()
            .filter(|node| node.what.is_said())
            .map(|node| node.id.clone())
            .collect();
        let mut conversation = Conversation::default();
        arrange(nodes, Some(&current.to_string()), &mut conversation);
        let ids: HashSet<_> = conversation.messages.iter().map(|said| said.id.clone()).collect();
        prop_assert_eq!(ids.len(), conversation.messages.len());
        prop_assert_eq!(ids, kept);
        for (place, said) in conversation.messages.iter().enumerate() {
            prop_assert!(said.parent.is_none_or(|parent| parent < place));
        }
        prop_assert!(conversation.current.is_none_or(|at| at < conversation.messages.len()));
    }
}

#[test]
fn long_chains_and_wide_bushes_take_no_time() {
    let chain = (0..100_000).rev().map(|number| {
        let above = (number > 0).then(|| (number - 1).to_string());
        let node = if number % 2 == 0 {
            said
        } else {
            |id: &str, above: Option<&str>, _| hidden(id, above)
        };
        node(&number.to_string(), above.as_deref(), None)
    });
    let mut nodes: Vec<_> = chain.collect();
    nodes.extend((100_000..150_000).map(|number| said(&number.to_string(), Some("99999"), None)));
    let mut conversation = Conversation::default();
    arrange(nodes, Some("99999"), &mut conversation);
    assert_eq!(conversation.messages.len(), 100_000);
    assert_eq!(conversation.current, Some(49_999));
}
