//! Names of headers, and of cookies: what is wrong with one, and what to write.

/// Says what is wrong with the name of a header. `listed` writes several where they stand, from the list of them.
pub fn wrong(name: &str, listed: impl FnOnce(&str) -> String) -> Option<String> {
    let several: Vec<_> = name.split(is_between).filter(|part| !part.is_empty()).collect();
    if several.is_empty() || name.chars().all(is_of_name) || several.iter().any(|part| !part.chars().all(is_of_name)) {
        return no_token(name, "header", "Accept-Language");
    }
    if name.contains(',') {
        let each: Vec<_> = several.iter().map(|part| format!("{part:?}")).collect();
        return Some(format!("each header has quotes of its own: write `{}`", listed(&each.join(", "))));
    }
    Some(format!("the name of a header holds no white space: write `{:?}`", several.join("-")))
}

/// Says what is wrong with the name of a cookie.
pub fn wrong_cookie(name: &str) -> Option<String> {
    no_token(name, "cookie", "session")
}

/// Returns whether a name may hold this (RFC 9110, 5.6.2).
pub fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

fn is_between(c: char) -> bool {
    matches!(c, ',' | ' ')
}

fn no_token(name: &str, what: &str, example: &str) -> Option<String> {
    if name.chars().all(is_between) {
        return Some(format!("a {what} has a name: write one, as in `\"{example}\"`"));
    }
    let is_odd = |c: &char| !is_of_name(*c);
    // What stands between names is not what is wrong with one that holds something worse.
    let odd = name.chars().filter(is_odd).find(|c| !is_between(*c)).or_else(|| name.chars().find(is_odd))?;
    Some(format!("no {what} is called {name:?}, since it holds {odd:?}: write a name such as `\"{example}\"`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> Option<String> {
        wrong(name, |each| format!("vary({each})"))
    }

    #[test]
    fn a_name_that_can_be_one_is_left_alone() {
        for name in ["Accept-Language", "x-1", "cookie"] {
            assert_eq!((said(name), wrong_cookie(name)), (None, None), "{name}");
        }
    }

    #[test]
    fn each_wrong_name_is_told_its_repair() {
        for (name, repair) in [
            ("", "write one, as in `\"Accept-Language\"`"),
            (" , ", "write one, as in `\"Accept-Language\"`"),
            ("Accept, Cookie", "quotes of its own: write `vary(\"Accept\", \"Cookie\")`"),
            ("Accept Language", "no white space: write `\"Accept-Language\"`"),
            ("Cookie:", "since it holds ':'"),
            ("Accept, Co\u{f6}kie", "since it holds '\u{f6}'"),
        ] {
            let said = said(name).expect(name);
            assert!(said.contains(repair), "{name}: {said}");
        }
    }

    #[test]
    fn a_cookie_is_told_so_in_its_own_words() {
        assert_eq!(wrong_cookie("").unwrap(), "a cookie has a name: write one, as in `\"session\"`");
        let said = wrong_cookie("a b").unwrap();
        assert_eq!(said, "no cookie is called \"a b\", since it holds ' ': write a name such as `\"session\"`");
    }
}
