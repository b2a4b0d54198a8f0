//! Messages that hang on each other, put into an order in which they can be said again.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::conversation::{Conversation, Utterance};
use crate::domain::Role;

/// A message as the file has it.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub id: String,
    pub above: Above,
    pub what: What,
}

/// What a message follows.
#[derive(Clone, Debug)]
pub(super) enum Above {
    Nothing,
    /// The one of that id, which may not be there.
    Id(String),
    /// The one at that place of the file, which may not be there.
    Place(usize),
}

/// What a message is to the log.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// It is kept.
    Said(Utterance),
    /// It is not kept, but was thought before the next reply.
    Thought(String),
    /// It is not kept.
    Nothing,
}

/// Lets each message follow the one before it, if of none is told what it follows.
pub(super) fn line_up(nodes: &mut [Node]) {
    if nodes
        .iter()
        .any(|node| !matches!(node.above, Above::Nothing))
    {
        return;
    }
    for (place, node) in nodes.iter_mut().enumerate() {
        node.above = place.checked_sub(1).map_or(Above::Nothing, Above::Place);
    }
}

/// Puts the kept messages into the conversation: parents before children, then by time,
/// then in the order of the file. The parent of each is its nearest kept ancestor, and
/// the current message is the nearest to `current` that is kept, itself or an ancestor.
///
/// Ancestors that are missing are none. Where messages follow each other in a circle, the
/// earliest of them follows nothing. Of several kept ones with one id the first stays,
/// since a log knows a message by it; the others are counted.
pub(super) fn arrange(mut nodes: Vec<Node>, current: Option<&str>, into: &mut Conversation) {
    let ids = take_ids(&mut nodes, into);
    let above = nodes.iter().map(|node| match &node.above {
        Above::Nothing => None,
        Above::Id(id) => ids.get(id).copied(),
        Above::Place(place) => (*place < nodes.len()).then_some(*place),
    });
    let above: Vec<Option<usize>> = above.collect();
    think(&mut nodes, &above);
    for node in &nodes {
        if matches!(&node.what, What::Thought(thought) if !thought.is_empty()) {
            into.left_out.count("thoughts without a reply");
        }
    }
    let nearest = nearest_kept(&nodes, &above);
    let mut parents: Vec<Option<usize>> = above
        .iter()
        .map(|above| above.and_then(|above| nearest[above]))
        .collect();
    let mut kept: Vec<Option<Utterance>> = nodes.into_iter().map(What::said).collect();
    cut_circles(&kept, &mut parents);
    let order = order_of(&kept, &parents);
    let mut places = vec![None; kept.len()];
    for (place, &node) in order.iter().enumerate() {
        places[node] = Some(place);
    }
    let messages = order.iter().filter_map(|&node| {
        let mut message = kept[node].take()?;
        message.parent = parents[node].and_then(|parent| places[parent]);
        Some(message)
    });
    into.messages = messages.collect();
    let current = current.and_then(|id| ids.get(id));
    into.current = current
        .and_then(|&node| nearest[node])
        .and_then(|node| places[node]);
}

impl What {
    fn said(node: Node) -> Option<Utterance> {
        match node.what {
            Self::Said(utterance) => Some(utterance),
            Self::Thought(_) | Self::Nothing => None,
        }
    }

    fn is_said(&self) -> bool {
        matches!(self, Self::Said(_))
    }
}

/// Which node has an id. One that is kept goes before one that is not, so that nothing
/// is lost because something hidden has its id.
fn take_ids(nodes: &mut [Node], into: &mut Conversation) -> HashMap<String, usize> {
    let mut ids: HashMap<String, usize> = HashMap::with_capacity(nodes.len());
    for at in 0..nodes.len() {
        let is_said = nodes[at].what.is_said();
        let Some(owner) = ids.get_mut(&nodes[at].id) else {
            ids.insert(nodes[at].id.clone(), at);
            continue;
        };
        if is_said && nodes[*owner].what.is_said() {
            into.left_out.count("doubled messages");
            nodes[at].what = What::Nothing;
        } else if is_said {
            *owner = at;
        }
    }
    ids
}

/// Gives each reply what was thought between it and the kept message that it follows.
/// No message is passed twice, however many hang on it: the first reply takes it all.
fn think(nodes: &mut [Node], above: &[Option<usize>]) {
    let mut is_passed = vec![false; nodes.len()];
    for at in 0..nodes.len() {
        let is_reply = matches!(&nodes[at].what,
            What::Said(said) if said.role == Role::Ai);
        if !is_reply {
            continue;
        }
        let mut thoughts = Vec::new();
        let mut next = above[at];
        while let Some(node) = next.filter(|&node| !nodes[node].what.is_said()) {
            if std::mem::replace(&mut is_passed[node], true) {
                break;
            }
            if let What::Thought(thought) = &mut nodes[node].what {
                thoughts.push(std::mem::take(thought));
            }
            next = above[node];
        }
        if let What::Said(said) = &mut nodes[at].what
            && !thoughts.is_empty()
        {
            thoughts.reverse();
            thoughts.extend(said.reasoning.take());
            said.reasoning = Some(thoughts.join("\n\n"));
        }
    }
}

/// For every node the nearest one that is kept, itself or an ancestor.
fn nearest_kept(nodes: &[Node], above: &[Option<usize>]) -> Vec<Option<usize>> {
    let mut nearest = vec![None; nodes.len()];
    let mut is_seen = vec![false; nodes.len()];
    let mut way = Vec::new();
    for start in 0..nodes.len() {
        let mut next = Some(start);
        let found = loop {
            let Some(node) = next else { break None };
            // On the way already, which is a circle in which nothing is kept: its place
            // in `nearest` is still empty, as it is to be.
            if std::mem::replace(&mut is_seen[node], true) {
                break nearest[node];
            }
            way.push(node);
            if nodes[node].what.is_said() {
                break Some(node);
            }
            next = above[node];
        };
        for node in way.drain(..) {
            nearest[node] = found;
        }
    }
    nearest
}

/// Makes the earliest message of every circle follow nothing.
fn cut_circles(kept: &[Option<Utterance>], parents: &mut [Option<usize>]) {
    // The round in which a node was seen, from 1; 0 if not yet.
    let mut round = vec![0; parents.len()];
    for start in 0..parents.len() {
        let mut next = Some(start);
        while let Some(node) = next.filter(|&node| round[node] == 0) {
            round[node] = start + 1;
            next = parents[node];
        }
        let Some(entry) = next.filter(|&node| round[node] == start + 1) else {
            continue;
        };
        let after = |&node: &usize| parents[node].filter(|&next| next != entry);
        let circle = std::iter::successors(Some(entry), after);
        let time = |node: usize| kept[node].as_ref().and_then(|said| said.at);
        let earliest = circle.min_by_key(|&node| (time(node).is_none(), time(node), node));
        if let Some(earliest) = earliest {
            parents[earliest] = None;
        }
    }
}

/// The kept nodes, parents first. One without a time is as early as its parent.
fn order_of(kept: &[Option<Utterance>], parents: &[Option<usize>]) -> Vec<usize> {
    let mut children = vec![Vec::new(); kept.len()];
    let mut next = BinaryHeap::new();
    for (node, said) in kept.iter().enumerate() {
        match (said, parents[node]) {
            (Some(said), None) => next.push(Reverse((said.at, node))),
            (Some(_), Some(parent)) => children[parent].push(node),
            (None, _) => {}
        }
    }
    let mut order = Vec::new();
    while let Some(Reverse((at, node))) = next.pop() {
        order.push(node);
        for &child in &children[node] {
            let own = kept[child].as_ref().and_then(|said| said.at);
            next.push(Reverse((own.or(at), child)));
        }
    }
    order
}

#[cfg(test)]
mod tests;
