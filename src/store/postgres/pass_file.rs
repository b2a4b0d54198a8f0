//! The file of passwords: `~/.pgpass`, as psql reads it (PostgreSQL's manual, "The Password
//! File").

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::host::{Host, Place, Secret};

/// Where servers that nobody named are looked for: to this file such a socket is the
/// machine itself.
const USUAL_SOCKETS: &str = "/var/run/postgresql";

/// The password of the first line that suits; none if there is no such line or no file.
/// A file that others can read is passed over, and that is told.
pub(super) fn find(
    file: &Path,
    host: &Host,
    database: &str,
    user: &str,
    warnings: &mut Vec<String>,
) -> Option<Secret> {
    let about = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
    if about.permissions().mode() & 0o077 != 0 {
        let warning = format!(
            "the passwords in {} are not used: others can read it (`chmod 600` mends that)",
            file.display()
        );
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    let name = match &host.place {
        Place::Socket(folder) if folder == Path::new(USUAL_SOCKETS) => "localhost".into(),
        Place::Socket(folder) => folder.display().to_string(),
        Place::Name(name, _) => name.clone(),
    };
    let port = host.port.to_string();
    let wanted = [name.as_str(), &port, database, user];
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| password(line, &wanted))
}

/// The password of a line, if that is for these.
fn password(line: &str, wanted: &[&str; 4]) -> Option<Secret> {
    let mut fields = fields(line).into_iter();
    for wanted in wanted {
        let (field, is_any) = fields.next()?;
        if !is_any && field != *wanted {
            return None;
        }
    }
    let (password, _) = fields.next()?;
    Some(Secret(password))
}

/// The fields of a line, and whether each is a bare `*`. A backslash takes the meaning
/// from the colon or backslash behind it.
fn fields(line: &str) -> Vec<(String, bool)> {
    let mut fields = vec![(String::new(), false)];
    let (mut is_escaped, mut starts) = (false, vec![line]);
    for (at, character) in line.char_indices() {
        let Some((field, _)) = fields.last_mut() else {
            break;
        };
        match character {
            character if is_escaped => {
                field.push(character);
                is_escaped = false;
            }
            '\\' => is_escaped = true,
            ':' => {
                fields.push((String::new(), false));
                starts.push(&line[at + 1..]);
            }
            character => field.push(character),
        }
    }
    for ((_, is_any), start) in fields.iter_mut().zip(starts) {
        *is_any = start == "*" || start.starts_with("*:");
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(place: Place) -> Host {
        Host {
            place,
            port: 5432,
            password: None,
        }
    }

    fn found(text: &str, place: Place, mode: u32) -> (Option<String>, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgpass");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let mut warnings = Vec::new();
        let found = find(&file, &host(place), "talk", "ann", &mut warnings);
        let told = warnings
            .iter()
            .map(|warning| warning.replace(&file.display().to_string(), "FILE"));
        (found.map(|secret| secret.0), told.collect())
    }

    #[test]
    fn the_first_line_that_suits_counts() {
        let text = "# a comment\nother:5432:talk:ann:no\n*:5432:talk:ann:first\n*:*:*:*:last\n";
        let name = || Place::Name("db".into(), None);
        assert_eq!(found(text, name(), 0o600).0.as_deref(), Some("first"));
        let text = "db:5432:talk:bob:no\n";
        assert_eq!(found(text, name(), 0o600).0, None);
        let text = "db:*:*:ann:a\\:b\\\\c\n";
        assert_eq!(found(text, name(), 0o600).0.as_deref(), Some("a:b\\c"));
        let text = "\\*:*:*:*:no\n";
        assert_eq!(found(text, name(), 0o600).0, None);
    }

    #[test]
    fn a_socket_goes_by_the_name_of_its_folder_or_of_the_machine() {
        let usual = Place::Socket(USUAL_SOCKETS.into());
        let text = "localhost:5432:talk:ann:here\n";
        assert_eq!(found(text, usual, 0o600).0.as_deref(), Some("here"));
        let own = Place::Socket("/run/own".into());
        let text = "/run/own:5432:talk:ann:there\n";
        assert_eq!(found(text, own, 0o600).0.as_deref(), Some("there"));
    }

    #[test]
    fn a_file_that_others_can_read_is_passed_over_and_that_is_told() {
        let name = Place::Name("db".into(), None);
        let (password, warnings) = found("*:*:*:*:x\n", name, 0o644);
        assert_eq!(password, None);
        let told =
            "the passwords in FILE are not used: others can read it (`chmod 600` mends that)";
        assert_eq!(warnings, [told]);
    }
}
