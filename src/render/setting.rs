//! What is said of a setting that somebody wanted to be different.

use crate::domain::SettingChange;

/// Says what became of it. It is not escaped.
pub(super) fn receipt(it: &SettingChange) -> String {
    let setting = &it.setting;
    let of = setting.model.as_ref();
    let of = of.map_or_else(String::new, |model| format!(" of {model}"));
    let is = match setting.value.as_deref() {
        None => "is not set".to_owned(),
        Some("") => "is empty".to_owned(),
        Some(value) if value.trim() != value => format!("is \"{value}\""),
        Some(value) => format!("is {value}"),
    };
    let what = format!("`{}`{of} {is}", setting.key);
    let counts = if it.is_silent {
        "; it counts at a terminal"
    } else {
        ""
    };
    match (&it.saved, it.is_changed) {
        (None, true) => format!("{what} for this run{counts}."),
        (None, false) => format!("{what} already{counts}."),
        (Some(saved), _) if saved.was_there => format!("{what}, as in {} already.", saved.file),
        (Some(saved), _) => format!("{what}, and saved in {}.", saved.file),
    }
}
