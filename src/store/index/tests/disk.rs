//! Where the file lies, whose it is, and what is said if it cannot be had.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::*;
use crate::domain::{Problem, ProblemKind};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn refused(folder: &Folder) -> Problem {
    match Index::open(&folder.store()) {
        Ok(_) => panic!("it was opened"),
        Err(problem) => problem,
    }
}

#[test]
fn it_is_its_owners_alone() {
    let (folder, mut log) = (Folder::new(), said(in_memory(), &["one"]));
    let mut index = folder.index();
    catch_up(&mut index, &mut log);
    let names = ["store.db-index", "store.db-index-wal", "store.db-index-shm"];
    let files = names.map(|name| folder.0.path().join(name));
    assert_eq!(files.each_ref().map(|file| mode(file)), [0o600; 3]);
    for file in &files {
        fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
    }
    let again = folder.index();
    assert_eq!(files.each_ref().map(|file| mode(file)), [0o600; 3]);
    drop((index, again));
    assert!(!files[1].exists() && !files[2].exists());
}

#[test]
fn it_lies_beside_the_file_that_the_stores_name_leads_to() {
    let (folder, other) = (Folder::new(), Folder::new());
    drop(folder.log());
    symlink(folder.store(), other.store()).unwrap();
    drop(other.index());
    assert!(folder.file().exists() && !other.file().exists());
}

#[test]
fn it_is_made_in_a_folder_that_a_link_leads_to() {
    let folder = Folder::new();
    let (real, link) = (folder.0.path().join("real"), folder.0.path().join("link"));
    fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    drop(Index::open(&link.join("a.db")).unwrap());
    assert!(real.join("a.db-index").exists());
}

#[test]
fn no_link_is_followed_at_its_own_name() {
    let folder = Folder::new();
    let target = folder.0.path().join("target");
    for exists in [false, true] {
        if exists {
            fs::write(&target, "somebody's").unwrap();
        }
        let _ = fs::remove_file(folder.file());
        symlink(&target, folder.file()).unwrap();
        let problem = refused(&folder);
        assert_eq!(problem.kind, ProblemKind::Refused);
        let path = folder
            .0
            .path()
            .canonicalize()
            .unwrap()
            .join("store.db-index");
        let what = format!(
            "the index cannot be used: `{}` is a link; it was left as it is",
            path.display()
        );
        assert_eq!(problem.what, what);
        assert_eq!(target.exists(), exists);
    }
    assert_eq!(fs::read(&target).unwrap(), b"somebody's");
}

#[test]
fn a_folder_in_its_place_is_told() {
    let folder = Folder::new();
    fs::create_dir(folder.file()).unwrap();
    let problem = refused(&folder);
    assert_eq!(problem.kind, ProblemKind::Refused);
    assert!(problem.what.contains("is a folder"), "{}", problem.what);
}

#[test]
fn what_cannot_be_made_is_told() {
    // For the superuser every folder can be written.
    let folder = Folder::new();
    fs::set_permissions(folder.0.path(), Permissions::from_mode(0o500)).unwrap();
    let opened = Index::open(&folder.store());
    fs::set_permissions(folder.0.path(), Permissions::from_mode(0o700)).unwrap();
    if let Err(problem) = opened {
        assert_eq!(problem.kind, ProblemKind::ReadOnly);
        let what = format!(
            "the index `{}` cannot be made: permission denied",
            folder
                .0
                .path()
                .canonicalize()
                .unwrap()
                .join("store.db-index")
                .display()
        );
        assert_eq!(problem.what, what);
    } else {
        assert!(rustix::process::geteuid().is_root());
    }
}

#[test]
fn a_full_disk_is_told_and_costs_nothing_but_the_step() {
    let (folder, mut log) = (Folder::new(), in_memory());
    let session = begin(&mut log, "alice", 1);
    for number in 0..2_000 {
        say_at(
            &mut log,
            session,
            &format!("word w{number} v{number}"),
            1_000,
        );
    }
    log.commit().unwrap();
    let mut index = folder.index();
    index.rows_at_once = 100;
    // As many pages as it has, and a few more.
    let limit = |pages| format!("PRAGMA max_page_count = {pages}");
    index.connection.execute_batch(&limit(14)).unwrap();
    let full = index.catch_up(&mut log, &mut |_, _| ControlFlow::Continue(()));
    let full = full.unwrap_err();
    assert_eq!(full.kind, ProblemKind::Full);
    let path = folder.file().canonicalize().unwrap();
    let what = format!(
        "the index `{}` cannot be used: the disk is full",
        path.display()
    );
    assert_eq!(full.what, what);
    let upto = index.upto().unwrap();
    let count = usize::try_from(upto.0).unwrap();
    assert!(count < 2_000);
    assert_eq!(found(&mut index, &term("word")).len(), count);
    index.connection.execute_batch(&limit(1_000_000)).unwrap();
    catch_up(&mut index, &mut log);
    assert_eq!(found(&mut index, &term("word")).len(), 2_000);
}
