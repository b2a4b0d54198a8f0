//! The file of services: several parameters under one name (PostgreSQL's manual, "The
//! Connection Service File").

use std::fs;
use std::path::PathBuf;

use super::trouble::wrong;
use crate::domain::{Problem, io_reason};

/// Where systems keep the services of all users.
const OF_ALL: &str = "/etc/postgresql-common";

/// The parameters of a service, out of the file of the person or that of the system.
///
/// # Errors
/// A sentence about a file that cannot be read, or has no such service.
pub(super) fn read(
    service: &str,
    file: Option<String>,
    variables: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<(String, String)>, Problem> {
    let named = file
        .or_else(|| variables("PGSERVICEFILE"))
        .map(PathBuf::from);
    let home = variables("HOME").map(PathBuf::from);
    let own = home.map(|home| home.join(".pg_service.conf"));
    let folder = variables("PGSYSCONFDIR").unwrap_or_else(|| OF_ALL.into());
    let of_all = PathBuf::from(folder).join("pg_service.conf");
    let is_named = named.is_some();
    let files = [(named.or(own), is_named), (Some(of_all), false)];
    for (file, is_named) in files {
        let Some(file) = file else {
            continue;
        };
        match fs::read_to_string(&file) {
            Ok(text) => {
                if let Some(found) = section(&text, service)? {
                    return Ok(found);
                }
            }
            Err(error) if is_named => {
                let reason = io_reason(&error);
                let what = format!(
                    "the services in {} cannot be read: {reason}",
                    file.display()
                );
                return Err(wrong(&what));
            }
            Err(_) => {}
        }
    }
    let hint = "it stands as `[NAME]` in ~/.pg_service.conf, or in the file of PGSERVICEFILE";
    Err(wrong(&format!("there is no service `{service}`")).with_hint(hint))
}

/// The lines of a section; none if there is no such section.
fn section(text: &str, service: &str) -> Result<Option<Vec<(String, String)>>, Problem> {
    let (mut found, mut is_in) = (None, false);
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            is_in = name == service;
            if is_in {
                found.get_or_insert_with(Vec::new);
            }
            continue;
        }
        let Some(found) = found.as_mut().filter(|_| is_in) else {
            continue;
        };
        let Some((name, value)) = line.split_once('=') else {
            return Err(wrong(&format!(
                "the service `{service}` has a line without `=`"
            )));
        };
        found.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_a_section_of_the_file() {
        let text = "# ours\n[other]\nhost=no\n[team]\nhost = db.example.org\n port=5433\n";
        let found = section(text, "team").unwrap().unwrap();
        let expected = [("host", "db.example.org"), ("port", "5433")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, expected);
        assert_eq!(section(text, "none").unwrap(), None);
        let broken = section("[team]\nhost\n", "team").unwrap_err();
        assert_eq!(broken.what, "the service `team` has a line without `=`");
    }

    #[test]
    fn a_service_that_is_nowhere_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services");
        fs::write(&file, "[team]\nhost=h\n").unwrap();
        let variables = |name: &str| match name {
            "PGSERVICEFILE" => Some(file.display().to_string()),
            "PGSYSCONFDIR" => Some("/nonexistent".into()),
            _ => None,
        };
        assert_eq!(read("team", None, &variables).unwrap().len(), 1);
        let missing = read("nobody", None, &variables).unwrap_err();
        assert_eq!(missing.what, "there is no service `nobody`");
    }
}
