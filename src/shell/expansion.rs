//! What stands for something else in a value of the configuration: variables of
//! the environment, and the home folder.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::environment::absolute_path;
use crate::responder::looks_like_a_key;

/// A value with the environment's in the place of each `$NAME` and `${NAME}`;
/// `$$` is `$`. What a variable holds is taken as it is.
///
/// # Errors
/// A `$` before nothing that is a name, or a variable for which there is no value.
pub(super) fn expanded(
    value: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut result = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(behind) = behind.strip_prefix('$') {
            result.push('$');
            rest = behind;
            continue;
        }
        let (name, behind) = match behind.strip_prefix('{') {
            Some(braced) => braced.split_once('}').unwrap_or_default(),
            None => behind.split_at(name_length(behind)),
        };
        if !is_variable_name(name) {
            return Err("a `$` has no name of a variable behind it; `$$` is a `$`".into());
        }
        let found = variable(name);
        result.push_str(&found.ok_or_else(|| format!("the variable {name} is not set"))?);
        rest = behind;
    }
    result.push_str(rest);
    Ok(result)
}

/// What those variables hold that stand in the path of an address.
pub(super) fn path_values(url: &str, variable: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    let values = RefCell::new(Vec::new());
    let noted = |name: &str| {
        let value = variable(name);
        values.borrow_mut().extend(value.clone());
        value
    };
    // What is wrong with it is told where all of it is expanded.
    let _ = expanded(path, &noted);
    values.into_inner()
}

/// Whether a text can be the name of a variable.
pub(super) fn is_variable_name(text: &str) -> bool {
    !text.is_empty()
        && name_length(text) == text.len()
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a text can be the name of a variable that holds a key, and is not the key: some
/// keys are letters, digits and underscores, and names are repeated in messages.
pub(super) fn is_key_variable(text: &str) -> bool {
    is_variable_name(text) && !looks_like_a_key(text)
}

/// How many bytes at the beginning can belong to the name of a variable.
fn name_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

/// A path with the home folder in the place of `~/` at its beginning.
///
/// # Errors
/// If no home folder is known.
pub(super) fn from_home(path: &Path) -> Result<PathBuf, String> {
    let typed = path.as_os_str().as_bytes();
    let below = match typed {
        b"~" => &[],
        [b'~', b'/', below @ ..] => below,
        _ => return Ok(path.to_owned()),
    };
    let home = absolute_path("HOME")
        .ok_or_else(|| format!("`{}`: HOME names no folder", path.display()))?;
    let slashes = below.iter().take_while(|&&byte| byte == b'/').count();
    Ok(home.join(OsStr::from_bytes(&below[slashes..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(value: &str) -> Result<String, String> {
        expanded(value, &|name| match name {
            "A" => Some("1".into()),
            "A_2" => Some("$A ~".into()),
            _ => None,
        })
    }

    #[test]
    fn variables_stand_anywhere_in_a_value() {
        for (value, expected) in [
            ("", ""),
            ("é plain", "é plain"),
            ("$A", "1"),
            ("${A}2", "12"),
            ("a$A.b-${A}", "a1.b-1"),
            ("$A_2", "$A ~"),
            ("$A$A$$A$$$A", "11$A$1"),
            ("cost $$5", "cost $5"),
        ] {
            assert_eq!(expand(value).as_deref(), Ok(expected), "{value}");
        }
    }

    #[test]
    fn a_variable_without_a_value_and_a_stray_sign_are_told() {
        for value in ["$B", "x ${B} $A"] {
            assert_eq!(expand(value).unwrap_err(), "the variable B is not set");
        }
        for value in ["$", "a$ b", "$5", "${}", "${A", "${A-x}", "$é"] {
            let told = "a `$` has no name of a variable behind it; `$$` is a `$`";
            assert_eq!(expand(value).unwrap_err(), told, "{value}");
        }
    }

    #[test]
    fn the_path_of_an_address_may_have_variables() {
        let values = |url| path_values(url, &|name| Some(name.to_lowercase()));
        for (url, expected) in [
            ("https://$HOST/v1", &[][..]),
            ("https://$HOST/${A}/v$B?key=$C#$D", &["a", "b"]),
            ("$BASE/$A", &["a"]),
            ("$BASE", &[]),
            ("https://h/$$A/$", &[]),
        ] {
            assert_eq!(values(url), expected, "{url}");
        }
    }

    #[test]
    fn only_a_leading_tilde_and_a_slash_mean_the_home_folder() {
        for path in ["", "/a/~/b", "~b/c", "./~/x", "a~"] {
            assert_eq!(from_home(Path::new(path)), Ok(PathBuf::from(path)));
        }
    }
}
