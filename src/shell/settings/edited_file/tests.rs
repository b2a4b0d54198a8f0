use serde_json::json;

use super::*;

/// The text after a value was put into it; none if it was there.
fn put_into(text: &str, place: &str, value: &SavedValue) -> Option<String> {
    let (model, key) = match place.split_once('/') {
        Some((model, key)) => (Some(model), key),
        None => (None, place),
    };
    let spot = Spot { model, key };
    match edited(text, &spot, value).unwrap() {
        Edited::Same => None,
        Edited::Text(text) => Some(text),
    }
}

#[test]
fn what_is_there_stays_as_it_is() {
    let text = |text: &str| SavedValue::Text(text.into());
    for (before, place, value, after) in [
        ("", "keys", text("vi"), "keys = \"vi\"\n"),
        (
            "user  =  'a' # me\n\n# fast\n[models.a] # x\nwindow = 1\n",
            "share",
            SavedValue::Truth(true),
            "user  =  'a' # me\nshare = true\n\n# fast\n[models.a] # x\nwindow = 1\n",
        ),
        (
            "keys = 'emacs' # why\n",
            "keys",
            text("vi"),
            "keys = \"vi\" # why\n",
        ),
        (
            "# All of it.\n\n# The first.\n[models.a]\n",
            "keys",
            text("vi"),
            "# All of it.\n\nkeys = \"vi\"\n\n# The first.\n[models.a]\n",
        ),
        (
            "# The first.\n[models.a]\n",
            "keys",
            text("vi"),
            "keys = \"vi\"\n\n# The first.\n[models.a]\n",
        ),
        (
            "# only\n#keys = \"vi\"\n",
            "parallel",
            SavedValue::Number(3),
            "parallel = 3\n\n# only\n#keys = \"vi\"\n",
        ),
        (
            "[models.a]\nbase_url = \"x\" # y\n\n[models.b]\n",
            "a/idle",
            SavedValue::Seconds(7.0),
            "[models.a]\nbase_url = \"x\" # y\nidle = 7\n\n[models.b]\n",
        ),
        (
            "models.a.idle = 7\n",
            "a/idle",
            SavedValue::Seconds(0.5),
            "models.a.idle = 0.5\n",
        ),
        (
            "models = { a = { idle = 7 } }\n",
            "a/retries",
            SavedValue::Number(0),
            "models = { a = { idle = 7, retries = 0 } }\n",
        ),
        (
            "[models.\"a b\"]\n",
            "a b/system",
            text("\"é\"\\\u{1b}"),
            "[models.\"a b\"]\nsystem = '''\"é\"\\\u{1b}'''\n",
        ),
    ] {
        // How a text is quoted is up to the library, but it is read back.
        let found = put_into(before, place, &value).unwrap();
        if place == "a b/system" {
            let table: toml::Table = found.parse().unwrap();
            let system = table["models"]["a b"]["system"].as_str();
            assert_eq!(system, Some("\"é\"\\\u{1b}"));
            continue;
        }
        assert_eq!(found, after);
    }
}

#[test]
fn line_ends_and_a_mark_of_the_order_of_bytes_stay() {
    for (before, place, after) in [
        (
            "user = 'a' # x\r\n\r\n[models.a]\r\nretries = 1\r\n",
            "share",
            "user = 'a' # x\r\nshare = true\r\n\r\n[models.a]\r\nretries = 1\r\n",
        ),
        (
            "\u{feff}user = 'a'\n",
            "share",
            "\u{feff}user = 'a'\nshare = true\n",
        ),
        ("\u{feff}# x\n", "share", "\u{feff}share = true\n\n# x\n"),
    ] {
        let found = put_into(before, place, &SavedValue::Truth(true)).unwrap();
        assert_eq!(found, after);
    }
}

#[test]
fn parameters_are_set_and_taken_away() {
    for (before, value, after) in [
        (
            "[models.a]\nx = 1\n",
            json!(0.2),
            "[models.a]\nx = 1\nparameters = { t = 0.2 }\n",
        ),
        (
            "[models.a]\n[models.a.parameters]\ns = 1 # s\n",
            json!(["END", {"b": true}]),
            "[models.a]\n[models.a.parameters]\ns = 1 # s\nt = [\"END\", { b = true }]\n",
        ),
        (
            "[models.a]\nwithout = [\"t\"]\n",
            json!(1),
            "[models.a]\nparameters = { t = 1 }\n",
        ),
        (
            "[models.a]\nwithout = [\"s\", \"t\"]\nparameters = {}\n",
            json!("x"),
            "[models.a]\nwithout = [\"s\"]\nparameters = { t = \"x\" }\n",
        ),
        (
            "[models.a]\nparameters = { t = 1, u = 2 }\n",
            json!(null),
            "[models.a]\nparameters = { u = 2 }\nwithout = [\"t\"]\n",
        ),
    ] {
        let value = SavedValue::Parameter(value);
        let found = put_into(before, "a/t", &value).unwrap();
        let squeezed = |text: &str| text.replace("{ ", "{").replace(" }", "}");
        assert_eq!(squeezed(&found), squeezed(after));
        assert_eq!(put_into(&found, "a/t", &value), None, "{found}");
    }
}

#[test]
fn what_is_there_already_is_known_however_it_is_written() {
    for (text, place, value) in [
        ("keys = 'vi'", "keys", SavedValue::Text("vi".into())),
        ("share = true", "share", SavedValue::Truth(true)),
        ("[models.a]\nidle = 7.0", "a/idle", SavedValue::Seconds(7.0)),
    ] {
        assert_eq!(put_into(text, place, &value), None);
    }
}
