//! Values as people read them: what stands in one line of JSON, in several.

/// What a value of more signs than this is broken into lines for.
const SHORT: usize = 60;

/// Returns the notation of JSON with a line for each part. It may end anywhere, as where a value was cut off: so it is not read,
/// and nothing in it is changed but what stands between its parts.
pub fn pretty(text: &str) -> String {
    if text.chars().count() <= SHORT {
        return spaced(text);
    }
    let (mut out, mut depth, mut in_text, mut is_escaped) = (String::new(), 0_usize, false, false);
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        if in_text {
            out.push(sign);
            (in_text, is_escaped) = (is_escaped || sign != '"', sign == '\\' && !is_escaped);
            continue;
        }
        let closes = signs.peek().is_some_and(|next| matches!(next, ']' | '}'));
        match sign {
            '[' | '{' if closes => out.push(sign),
            '[' | '{' => {
                depth += 1;
                out.push(sign);
                begin_line(&mut out, depth);
            }
            ']' | '}' if out.ends_with(['[', '{']) => out.push(sign),
            ']' | '}' => {
                depth = depth.saturating_sub(1);
                begin_line(&mut out, depth);
                out.push(sign);
            }
            ',' => {
                out.push(sign);
                begin_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_text = sign == '"';
                out.push(sign);
            }
        }
    }
    out
}

/// Returns it in one line, with room behind commas and colons.
fn spaced(text: &str) -> String {
    let (mut out, mut in_text, mut is_escaped) = (String::new(), false, false);
    for sign in text.chars() {
        out.push(sign);
        if in_text {
            (in_text, is_escaped) = (is_escaped || sign != '"', sign == '\\' && !is_escaped);
        } else if matches!(sign, ',' | ':') {
            out.push(' ');
        } else {
            in_text = sign == '"';
        }
    }
    out
}

fn begin_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_stands_in_one_line() {
        assert_eq!(pretty(r#"{"a":[1,2],"b":"x,y:\"z\\"}"#), r#"{"a": [1, 2], "b": "x,y:\"z\\"}"#);
    }

    #[test]
    fn what_is_long_has_a_line_for_each_part_and_texts_stay_as_they_are() {
        let long = r#"{"title":"a, [b] {c}: \"d\"","tags":["x","y"],"none":[],"other":{},"text":"0123456789012345678901234567890"}"#;
        let lines = "{\n  \"title\": \"a, [b] {c}: \\\"d\\\"\",\n  \"tags\": [\n    \"x\",\n    \"y\"\n  ],\n  \"none\": [],\n  \
                     \"other\": {},\n  \"text\": \"0123456789012345678901234567890\"\n}";
        assert_eq!(pretty(long), lines);
    }

    #[test]
    fn what_was_cut_off_is_shown_as_far_as_it_goes() {
        let cut = format!("[[\"{}…", "x".repeat(80));
        assert_eq!(pretty(&cut), format!("[\n  [\n    \"{}…", "x".repeat(80)));
    }
}
