//! Random writes do the same in every kind of store.

use std::collections::HashMap;
use std::fmt::Write;

use proptest::prelude::*;

use super::newest::check_newest;
use super::sessions::paged;
use super::*;

/// One thing that is done. Numbers choose among what there is.
#[derive(Clone, Debug)]
enum Deed {
    Start(usize, bool),
    Say(usize, bool),
    Prompt(usize, bool),
    Clear(usize),
    Undo(usize, usize),
    Redo(usize),
    Rename(usize),
    Commit,
    Look,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        1 => (0..3_usize, any::<bool>()).prop_map(|(user, titled)| Deed::Start(user, titled)),
        8 => (any::<usize>(), any::<bool>()).prop_map(|(session, own)| Deed::Say(session, own)),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(session, set)| Deed::Prompt(session, set)),
        2 => any::<usize>().prop_map(Deed::Clear),
        2 => (any::<usize>(), 1..4_usize).prop_map(|(session, count)| Deed::Undo(session, count)),
        2 => any::<usize>().prop_map(Deed::Redo),
        1 => any::<usize>().prop_map(Deed::Rename),
        3 => Just(Deed::Commit),
        1 => Just(Deed::Look),
    ]
}

/// Does them all, and tells what is in the store at each look and at the end.
fn done(deeds: &[Deed], tenant: &Tenant) -> String {
    let mut log = tenant.log();
    let (mut sessions, mut told) = (Vec::new(), String::new());
    for (number, deed) in deeds.iter().enumerate() {
        // The clock is put back again and again.
        let at = i64::try_from(number).unwrap() * 7919 % 100;
        let chosen = |choice: usize| -> Option<SessionKey> {
            (!sessions.is_empty()).then(|| sessions[choice % sessions.len()])
        };
        match *deed {
            Deed::Start(user, titled) => {
                let title = format!("title {number}");
                let title = titled.then_some(title.as_str());
                let number = u32::try_from(number).unwrap();
                let name = ["alice", "bob", "Zoë"][user];
                sessions.push(begin_titled(&mut log, name, number, title));
            }
            Deed::Say(choice, own) => {
                let Some(session) = chosen(choice) else {
                    continue;
                };
                let role = if own { Role::User } else { Role::Ai };
                say_at(&mut log, session, role, &format!("said {number}"), at);
            }
            Deed::Prompt(choice, set) => {
                let Some(session) = chosen(choice) else {
                    continue;
                };
                let draft = Draft::new(Role::System, "system", Timestamp(at));
                log.set_system(session, set.then_some(&draft)).unwrap();
            }
            Deed::Clear(choice) => {
                let Some(session) = chosen(choice) else {
                    continue;
                };
                clear(&mut log, session);
            }
            Deed::Undo(choice, count) => {
                let Some(session) = chosen(choice) else {
                    continue;
                };
                undo(&mut log, session, count);
            }
            Deed::Redo(choice) => {
                let Some(session) = chosen(choice) else {
                    continue;
                };
                let end = log.end_for_update(session).unwrap();
                if let Some(undone) = log.redoable(&end).unwrap() {
                    let redo = rules::redo_of(&undone, Timestamp(at));
                    log.relocate(session, &redo).unwrap();
                }
            }
            Deed::Rename(choice) => {
                let Some(session) = chosen(choice) else {
                    continue;
                };
                log.rename(session, &format!("renamed {number}")).unwrap();
            }
            Deed::Commit => log.commit().unwrap(),
            Deed::Look => tell(&mut log, &sessions, &mut told),
        }
    }
    tell(&mut log, &sessions, &mut told);
    // And as another process finds it.
    tell(&mut tenant.log(), &sessions, &mut told);
    told
}

fn undo(log: &mut Log, session: SessionKey, count: usize) {
    let end = log.end_for_update(session).unwrap();
    let Some(head) = end.place.head else { return };
    let (mut gone, mut to) = (0, None);
    log.walk(head, &mut |link| {
        gone += 1;
        to = link.parent;
        if gone < count { Flow::More } else { Flow::Full }
    })
    .unwrap();
    let to = Place {
        head: to,
        ..end.place
    };
    let gone = i64::try_from(gone).unwrap();
    log.relocate(session, &step(MoveKind::Undo, to, gone, 0))
        .unwrap();
}

/// What was said, without the numbers, which are each store's own.
fn texts(said: Vec<(MessageId, String)>) -> Vec<String> {
    said.into_iter().map(|(_, text)| text).collect()
}

/// Writes down everything that can be asked.
fn tell(log: &mut Log, sessions: &[SessionKey], told: &mut String) {
    // Ids differ between stores; session and number do not.
    let mut place = HashMap::new();
    let mut listing = log.list(Selection::Global).unwrap();
    let mut ids = Vec::new();
    log.read(&mut listing, &mut |message| {
        place.insert(
            message.id,
            format!("{}.{}", &message.session.short(), message.seq),
        );
        ids.push(message.id);
        let (user, role) = (message.user, message.role.word());
        let parent = message.parent.map(|id| place[&id].clone());
        let at = &place[&message.id];
        let line = (user, role, at, parent, message.content, message.created_at);
        writeln!(told, "{line:?}").unwrap();
        Flow::More
    })
    .unwrap();
    let named = |id: Option<MessageId>| id.map(|id| place[&id].clone());
    let ranked = |rows: Vec<SessionRow>| {
        let rows = rows.into_iter().map(|row| {
            let touched = place.get(&row.touched).cloned();
            let nameless = MessageId(0);
            let row = SessionRow {
                touched: nameless,
                ..row
            };
            (touched, row)
        });
        rows.collect::<Vec<_>>()
    };
    for id in ids {
        let link = log.link(id).unwrap().unwrap();
        let depth = log
            .depth(Place {
                head: Some(id),
                ..Place::default()
            })
            .unwrap();
        let next = named(log.following(id).unwrap());
        let (previous, system) = (named(link.previous), named(link.system));
        writeln!(
            told,
            "{previous:?} {system:?} {:?} {depth} {next:?}",
            link.depth
        )
        .unwrap();
    }
    for &session in sessions {
        let end = log.end(session).unwrap();
        let (head, last) = (named(end.place.head), named(end.last));
        let (count, depth, system) = (end.count, end.depth, named(end.system));
        let redo = log.redoable(&end).unwrap().is_some();
        let state = (
            head,
            last,
            count,
            depth,
            system,
            redo,
            end.has_preview,
            end.touched_at,
        );
        writeln!(told, "{state:?} {:?}", end.place.base).unwrap();
        let context = current_context(log, session);
        assert_eq!(context, listed(log, Selection::Session(session), 3));
        check_newest(log, &Selection::Session(session));
        check_newest(log, &Selection::LogOfSession(session));
        assert_eq!(i64::try_from(context.len()).unwrap(), depth);
        writeln!(told, "{context:?}").unwrap();
        log.moves(session, None, &mut |row| {
            let (from, to) = (named(row.from.head), named(row.to.head));
            let counts = (row.gone, row.back, row.from.base, row.to.base, row.redo);
            writeln!(told, "{:?} {from:?} {to:?} {counts:?}", row.kind).unwrap();
            Flow::More
        })
        .unwrap();
    }
    for name in ["alice", "bob", "Zoë"] {
        let user = user(name);
        writeln!(
            told,
            "{:?}",
            ranked(paged(log, Some(&user), Which::Spoken, 2))
        )
        .unwrap();
        writeln!(
            told,
            "{:?}",
            ranked(log.find(&user, Which::Latest, 1).unwrap())
        )
        .unwrap();
        tell_messages_of(log, &user, told);
    }
    writeln!(told, "{:?}", ranked(paged(log, None, Which::All, 3))).unwrap();
    log.users(None, &mut |row| {
        writeln!(told, "{row:?}").unwrap();
        Flow::More
    })
    .unwrap();
}

/// Writes down what a user said.
fn tell_messages_of(log: &mut Log, user: &UserName, told: &mut String) {
    for selection in [
        Selection::User(user.clone()),
        Selection::LogOfUser(user.clone()),
    ] {
        check_newest(log, &selection);
        writeln!(told, "{:?}", listed(log, selection, 3)).unwrap();
    }
    let mut recall = log.recall(user).unwrap();
    writeln!(told, "{:?}", log.recall_more(&mut recall, 100).map(texts)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_store_does_the_same(deeds in proptest::collection::vec(deed(), 1..60)) {
        let kinds = [Kind::Sqlite, Kind::Memory, Kind::MemoryNumberingAtCommit];
        let [sqlite, memory, late] = kinds.map(|kind| done(&deeds, &Tenant::new(kind)));
        prop_assert_eq!(&memory, &sqlite);
        prop_assert_eq!(&late, &sqlite);
        #[cfg(feature = "postgres")]
        if let Some(server) = Tenant::on_server() {
            prop_assert_eq!(&done(&deeds, &server), &sqlite);
        }
    }
}
