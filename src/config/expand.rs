//! `${NAME}` in the texts of a file: what stands in the environment under that name.

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong<'a> {
    /// There is no variable of this name.
    Unset(&'a str),
    /// There is one, and it is no text.
    NoText(&'a str),
    /// A `$` that is neither two of them nor the beginning of `${NAME}`.
    Dollar,
    /// More than anybody means.
    TooLong,
}

/// What the environment says.
pub(super) enum Found {
    Text(String),
    NoText,
    Nothing,
}

/// Returns whether a variable can be called so.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Puts in what variables say; `$$` is a dollar. What a variable says is not looked through again.
pub(super) fn expand(text: &str, look_up: impl Fn(&str) -> Found) -> Result<String, Wrong<'_>> {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('$') {
        expanded.push_str(before);
        if let Some(behind) = behind.strip_prefix('$') {
            expanded.push('$');
            rest = behind;
            continue;
        }
        let named = behind.strip_prefix('{').and_then(|behind| behind.split_once('}'));
        let (name, behind) = named.filter(|(name, _)| is_name(name)).ok_or(Wrong::Dollar)?;
        match look_up(name) {
            Found::Text(value) => expanded.push_str(&value),
            Found::NoText => return Err(Wrong::NoText(name)),
            Found::Nothing => return Err(Wrong::Unset(name)),
        }
        if expanded.len() > LONGEST {
            return Err(Wrong::TooLong);
        }
        rest = behind;
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// How many bytes a text may have when variables have been put in.
const LONGEST: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn look_up(name: &str) -> Found {
        match name {
            "HOST" => Found::Text("db".to_owned()),
            "EMPTY" => Found::Text(String::new()),
            "DOLLAR" => Found::Text("${HOST}$".to_owned()),
            "BYTES" => Found::NoText,
            _ => Found::Nothing,
        }
    }

    #[test]
    fn what_variables_say_is_put_in_once() {
        for (text, expanded) in [
            ("", ""),
            ("plain", "plain"),
            ("${HOST}", "db"),
            ("postgres://${HOST}:1/${HOST}", "postgres://db:1/db"),
            ("a${EMPTY}b", "ab"),
            ("$$", "$"),
            ("$${HOST}", "${HOST}"),
            ("${DOLLAR}", "${HOST}$"),
            ("é${HOST}é", "édbé"),
        ] {
            assert_eq!(expand(text, look_up).as_deref(), Ok(expanded), "{text}");
        }
    }

    #[test]
    fn a_text_that_grows_without_bound_is_refused() {
        let text = "${LONG}".repeat(100);
        assert_eq!(expand(&text, |_| Found::Text("x".repeat(1_000))), Err(Wrong::TooLong));
    }

    #[test]
    fn what_cannot_be_put_in_is_told() {
        assert_eq!(expand("x${NONE}", look_up), Err(Wrong::Unset("NONE")));
        assert_eq!(expand("x${BYTES}", look_up), Err(Wrong::NoText("BYTES")));
        for text in ["$", "$HOST", "${", "${}", "${HOST", "${1}", "${HOST:-x}", "${ HOST }", "$$$"] {
            assert_eq!(expand(text, look_up), Err(Wrong::Dollar), "{text}");
        }
    }
}
