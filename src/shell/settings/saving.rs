//! Puts one value into the configuration file, which stays as it is otherwise: its
//! comments, its order, its mode, and the link that may lead to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::edited_file::{Edited, SavedValue, Spot, edited};
use super::{Settings, file};
use crate::domain::SettingFault;

/// Saves a value; gives whether it was there already.
///
/// # Errors
/// Nothing was written.
pub(in crate::shell) fn save(
    path: &Path,
    spot: &Spot<'_>,
    value: &SavedValue,
) -> Result<bool, SettingFault> {
    let name = path.display().to_string();
    let old = read(path)?;
    let text = old.as_deref().unwrap_or_default();
    let settings = Settings::parse(path, text)
        .map_err(|file_error| SettingFault::Unreadable(file_error.what()))?;
    if let Some(model) = spot.model {
        let entry = settings.models.0.get(model);
        let entry = entry.ok_or_else(|| SettingFault::Undescribed {
            model: model.to_owned(),
            file: name.clone(),
        })?;
        if let Err(file_error) = entry {
            return Err(SettingFault::Unreadable(file_error.what()));
        }
    }
    let wrong = |why: &str| SettingFault::Wrong(name.clone(), why.to_owned());
    let new = match edited(text, spot, value).map_err(wrong)? {
        Edited::Same => return Ok(true),
        Edited::Text(new) => new,
    };
    check(path, &new, spot).map_err(|why| wrong(&why))?;
    write(path, old.as_deref(), &new)?;
    Ok(false)
}

fn read(path: &Path) -> Result<Option<String>, SettingFault> {
    let contents = file::read(path).map_err(|why| {
        // What helps at the start does not help here.
        let why = why.split("; `--no-config`").next().unwrap_or_default();
        SettingFault::Unreadable(why.to_owned())
    })?;
    Ok(contents.map(|contents| contents.text))
}

/// Makes sure that the next start understands what is to be written.
fn check(path: &Path, text: &str, spot: &Spot<'_>) -> Result<(), String> {
    let settings = Settings::parse(path, text).map_err(|file_error| file_error.what())?;
    match spot.model.map(|model| settings.models.0.get(model)) {
        Some(Some(Err(file_error))) => Err(file_error.what()),
        Some(None) => Err("its table is gone".into()),
        _ => Ok(()),
    }
}

/// Replaces the file, in one step, if it still is what was read.
fn write(path: &Path, old: Option<&str>, new: &str) -> Result<(), SettingFault> {
    let name = || path.display().to_string();
    let failed = |error| SettingFault::Unwritable(name(), error);
    let target = match old {
        Some(_) => writable(path).map_err(failed)?,
        None => made_folder(path).map_err(failed)?,
    };
    let unfinished = target.with_file_name(format!(".saylog-{}", uuid::Uuid::new_v4()));
    let written = write_beside(&target, &unfinished, new).and_then(|()| {
        // Whoever has changed it meanwhile knows better.
        if read(path).ok().flatten().as_deref() == old {
            fs::rename(&unfinished, &target).map(|()| true)
        } else {
            Ok(false)
        }
    });
    if !matches!(written, Ok(true)) {
        let _ = fs::remove_file(&unfinished);
    }
    match written {
        Ok(true) => {
            // It is there; that its name is, too, after a failure of power is all this adds.
            if let Some(folder) = target.parent() {
                let _ = File::open(folder).and_then(|folder| folder.sync_all());
            }
            Ok(())
        }
        Ok(false) => Err(SettingFault::Overtaken(name())),
        Err(error) => Err(failed(error)),
    }
}

/// The file that a path leads to, if it may be written: to replace it only its folder
/// would have to be.
fn writable(path: &Path) -> io::Result<PathBuf> {
    let target = path.canonicalize()?;
    access(&target, Access::WRITE_OK)?;
    Ok(target)
}

/// Makes the folder of a file, for its owner alone, if it is not there.
fn made_folder(path: &Path) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
    }
    Ok(path.to_owned())
}

/// Writes what is to take the place of a file, with its mode and its owner.
fn write_beside(target: &Path, unfinished: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(unfinished)?;
    if let Ok(old) = fs::metadata(target) {
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
            fchown(&file, Some(old.uid()), Some(old.gid()))?;
        }
        file.set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_somebody_else_has_changed_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "keys = \"vi\"\n").unwrap();
        let error = write(&path, Some("keys = \"emacs\"\n"), "share = true\n").unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("was changed just now, and nothing was saved")
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "keys = \"vi\"\n");
        // One that was not there, and is there now.
        assert!(write(&path, None, "share = true\n").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "keys = \"vi\"\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_may_only_be_read_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        let saved = write(&path, Some(""), "share = true\n");
        // Whoever may do everything may do this, too.
        let expected = if rustix::process::geteuid().is_root() {
            assert!(saved.is_ok());
            "share = true\n"
        } else {
            assert!(matches!(saved, Err(SettingFault::Unwritable(..))));
            ""
        };
        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o400);
    }

    #[test]
    fn a_folder_that_takes_nothing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x"), "").unwrap();
        let path = folder.path().join("x/config.toml");
        let error = write(&path, None, "share = true\n").unwrap_err();
        assert!(matches!(error, SettingFault::Unwritable(..)), "{error}");
    }

    #[test]
    fn what_would_be_wrong_at_the_next_start_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, "[models.a]\nparameters = 3\n").unwrap();
        let spot = Spot {
            model: Some("a"),
            key: "seed",
        };
        let value = SavedValue::Parameter(serde_json::json!(1));
        let error = save(&path, &spot, &value).unwrap_err();
        assert!(matches!(error, SettingFault::Unreadable(_)), "{error}");
        fs::write(&path, "[models.a]\n").unwrap();
        let value = SavedValue::Parameter(serde_json::json!({"a": null}));
        let error = save(&path, &spot, &value).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("a null within a value cannot stand in the file")
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "[models.a]\n");
    }
}
