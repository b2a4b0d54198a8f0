//! Writes a block of code into a file of the person's, which is made for it.
//!
//! No file is ever written that is there already, and no link is followed where the
//! file is to stand: the system makes it, or says no.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::file_reader::{FileReader, HEAD_BYTES};
use crate::domain::{FileFault, Result, SaveFault, TakeFault};
use crate::store;

impl FileReader {
    /// Makes a file with this text; gives its path, with the home folder in the place
    /// of `~`.
    ///
    /// # Errors
    /// There is no such file then, unless it was there before.
    pub(super) fn save(&self, typed: &str, text: &str) -> Result<PathBuf> {
        self.write(typed, text)
            .map_err(|fault| TakeFault::Unsaved(typed.to_owned(), fault).into())
    }

    /// The path of a file that may be made, with the home folder in the place of `~`.
    ///
    /// # Errors
    /// If it would be a folder, or one of the program's own files.
    pub(super) fn new_file(&self, typed: &str) -> std::result::Result<PathBuf, SaveFault> {
        let path = self.expanded(typed).map_err(|_| SaveFault::Homeless)?;
        if typed.ends_with('/') || path.is_dir() {
            return Err(SaveFault::Folder);
        }
        self.allow_new(&path)?;
        Ok(path)
    }

    /// Refuses to write over what is no regular file, nor leads to one, and over the log of
    /// anybody. A link to a file is not what it leads to.
    ///
    /// # Errors
    /// If it may not go.
    pub(super) fn allow_over(&self, path: &Path) -> std::result::Result<(), SaveFault> {
        let there = path.symlink_metadata()?;
        if there.is_symlink() {
            let leads_to_file = path.metadata().is_ok_and(|there| there.is_file());
            let is_dangling = !path.exists();
            return if leads_to_file || is_dangling {
                Ok(())
            } else {
                Err(SaveFault::NoFile)
            };
        }
        if !there.is_file() {
            return Err(SaveFault::NoFile);
        }
        match self.open(path) {
            Ok((file, _)) => {
                let mut head = Vec::new();
                let is_read = file.take(HEAD_BYTES).read_to_end(&mut head).is_ok();
                if is_read && store::is_store(&head) {
                    return Err(SaveFault::OtherStore);
                }
                Ok(())
            }
            Err(FileFault::Store) => Err(SaveFault::Store),
            Err(FileFault::Configuration) => Err(SaveFault::Configuration),
            // It can be written over by whoever may not read it.
            Err(_) => Ok(()),
        }
    }

    fn write(&self, typed: &str, text: &str) -> std::result::Result<PathBuf, SaveFault> {
        let path = self.new_file(typed)?;
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).open(&path)?;
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_all());
        if let Err(error) = written {
            remove(&path, &file);
            return Err(SaveFault::Failed(error));
        }
        Ok(path)
    }

    /// Refuses a file that would belong to the store or be the configuration.
    fn allow_new(&self, path: &Path) -> std::result::Result<(), SaveFault> {
        let Some((folder, name)) = place(path)? else {
            return Ok(());
        };
        let store = self.store.as_deref();
        if let Some(store) = store.and_then(|store| place(store).ok().flatten()) {
            // What belongs to it has its name and more.
            let is_its_own = name
                .strip_prefix(&*store.1)
                .is_some_and(|end| end.is_empty() || end.starts_with('-'));
            if folder == store.0 && is_its_own {
                return Err(SaveFault::Store);
            }
        }
        let configuration = self.configuration.as_deref();
        let configuration = configuration.and_then(|path| place(path).ok().flatten());
        if configuration.is_some_and(|own| own == (folder, name)) {
            return Err(SaveFault::Configuration);
        }
        Ok(())
    }
}

/// The folder of a file, without links, and its name.
fn place(path: &Path) -> io::Result<Option<(PathBuf, String)>> {
    let Some(name) = path.file_name() else {
        return Ok(None);
    };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new(".")).canonicalize()?;
    Ok(Some((folder, name.to_string_lossy().into_owned())))
}

/// Removes a file that was not written to its end, if it still is the one of that path.
fn remove(path: &Path, file: &File) {
    let number = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let own = file.metadata().map(number);
    let there = fs::symlink_metadata(path).map(number);
    if own.is_ok_and(|own| there.is_ok_and(|there| own == there)) {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn fault(files: &FileReader, path: &Path) -> &'static str {
        let error = files.save(path.to_str().unwrap(), "x").unwrap_err();
        error.code()
    }

    #[test]
    fn a_file_is_made_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let files = FileReader {
            home: Some(folder.path().to_owned()),
            ..FileReader::default()
        };
        let made = files.save("~/a.sh", "ls\r\n\u{1b}").unwrap();
        assert_eq!(made, at("a.sh"));
        assert_eq!(fs::read(&made).unwrap(), b"ls\r\n\x1b");
        assert_eq!(made.metadata().unwrap().permissions().mode() & 0o111, 0);
        symlink("nowhere", at("link")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        for (name, code) in [
            ("a.sh", "file_exists"),
            ("link", "file_exists"),
            ("folder", "file_folder"),
            ("none/a", "file_missing"),
            ("a.sh/b", "file_missing"),
            ("new/", "file_folder"),
        ] {
            assert_eq!(fault(&files, &at(name)), code, "{name}");
        }
        assert!(!at("nowhere").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn the_programs_own_files_are_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).unwrap();
        symlink("real", at("link")).unwrap();
        let files = FileReader {
            store: Some(at("real/log.db")),
            configuration: Some(at("link/config.toml")),
            home: None,
        };
        for (name, code) in [
            ("real/log.db", "file_store"),
            ("link/log.db-wal", "file_store"),
            ("link/log.db-index", "file_store"),
            ("real/../real/log.db", "file_store"),
            ("real/config.toml", "file_configuration"),
        ] {
            assert_eq!(fault(&files, &at(name)), code, "{name}");
        }
        assert_eq!(fault(&files, Path::new("~/x")), "file_missing");
        for name in ["real/log.dbx", "log.db", "config.toml"] {
            assert!(files.save(at(name).to_str().unwrap(), "").is_ok(), "{name}");
        }
    }
}
