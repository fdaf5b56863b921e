//! What stands between the parentheses of `fragment!`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::visit::{self, Visit};
use syn::{Expr, ExprAsync, ExprAwait, ExprClosure, LitStr, Path, Token};

use super::part::Part;
use crate::nearest::nearest;
use crate::pattern::Pattern;
use crate::time::Ttl;
use crate::{larder_path, values};

/// `"name", parts, options; body`.
pub struct Input {
    pub name: LitStr,
    pub parts: Vec<Part>,
    pub options: Options,
    pub body: Expr,
}

#[derive(Default)]
pub struct Options {
    pub ttl: Option<Ttl>,
    pub using: Option<LitStr>,
    pub tags: Vec<Pattern>,
    pub larder: Option<Path>,
}

pub const FORM: &str = "fragment!(\"sidebar\", user.name, ttl = 500; { … })";

/// Each option, with an example.
const OPTIONS: [(&str, &str); 3] =
    [("ttl", "ttl = 500"), ("using", "using = \"special\""), ("tags", "tags = [\"author:<author.id>\"]")];

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = name(input)?;
        let (mut parts, mut options, mut seen) = (Vec::new(), Options::default(), Vec::new());
        while !input.is_empty() && !input.peek(Token![;]) {
            input.parse::<Token![,]>().map_err(|error| syn::Error::new(error.span(), between()))?;
            if input.is_empty() || input.peek(Token![;]) {
                break;
            }
            if input.peek(syn::Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
                options.read(input, &mut seen)?;
            } else if seen.is_empty() {
                parts.push(Part::read(values::expression(input)?)?);
            } else {
                return Err(input.error(format!("what the text depends on stands before the options: write `{FORM}`")));
            }
        }
        let body = body(input)?;
        Ok(Self { name, parts, options, body })
    }
}

fn between() -> String {
    format!("commas stand between what a fragment is given, and a semicolon before its body: write `{FORM}`")
}

fn name(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name: LitStr = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), format!("a fragment has a name in quotes: write `{FORM}`")))?;
    let text = name.value();
    if text.is_empty() {
        return Err(syn::Error::new(name.span(), format!("the name of a fragment is not empty: write `{FORM}`")));
    }
    match text.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.')) {
        None => Ok(name),
        Some(wrong) => Err(syn::Error::new(
            name.span(),
            format!(
                "the name of a fragment is made of letters, digits, `_`, `-` and `.`; this one holds {wrong:?}: what the \
                 text depends on stands behind the name, as in `{FORM}`"
            ),
        )),
    }
}

fn body(input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.parse::<Option<Token![;]>>()?.is_none() || input.is_empty() {
        let message = format!("a fragment has a body, behind a semicolon: write `{FORM}`");
        return Err(syn::Error::new(Span::call_site(), message));
    }
    let body = values::expression(input)?;
    if !input.is_empty() {
        return Err(input.error("the body of a fragment has ended here: put braces around all of it"));
    }
    if let Expr::Closure(_) = &body {
        let message = "the body of a fragment is run where it is needed: write it without `||`";
        return Err(syn::Error::new_spanned(body, message));
    }
    let mut waits = Waits::default();
    waits.visit_expr(&body);
    match waits.0 {
        Some(word) => Err(syn::Error::new(
            word.span,
            "a body that waits is async, and its fragment is awaited: write `fragment!(…; async { … }).await`",
        )),
        None => Ok(body),
    }
}

/// The first word `await` that is not in a future or closure of its own.
#[derive(Default)]
struct Waits(Option<Token![await]>);

impl Visit<'_> for Waits {
    fn visit_expr_await(&mut self, waits: &ExprAwait) {
        visit::visit_expr_await(self, waits);
        self.0 = self.0.or(Some(waits.await_token));
    }

    fn visit_expr_async(&mut self, _: &ExprAsync) {}

    fn visit_expr_closure(&mut self, _: &ExprClosure) {}
}

impl Options {
    fn read(&mut self, input: ParseStream<'_>, seen: &mut Vec<String>) -> syn::Result<()> {
        if input.peek(Token![crate]) {
            let word = input.parse()?;
            self.larder = Some(larder_path::parse(word, input)?);
            seen.push("crate".to_owned());
            return Ok(());
        }
        let word = input.call(Ident::parse_any)?;
        let name = word.to_string();
        if seen.contains(&name) {
            return Err(syn::Error::new(word.span(), format!("`{name}` is said twice: leave one out")));
        }
        input.parse::<Token![=]>()?;
        match name.as_str() {
            "ttl" => self.ttl = Some(Ttl::read(values::expression(input)?)?),
            "using" => self.using = Some(values::cache(input)?),
            "tags" => self.tags = values::tags(input)?.iter().map(Pattern::parse).collect::<syn::Result<_>>()?,
            _ => return Err(syn::Error::new(word.span(), unknown(&name))),
        }
        seen.push(name);
        Ok(())
    }
}

fn unknown(name: &str) -> String {
    let near = if name == "cache" { Some("using") } else { nearest(name, OPTIONS.iter().map(|(name, _)| *name)) };
    match OPTIONS.iter().find(|(option, _)| Some(*option) == near) {
        Some((near, example)) => format!("there is no option `{name}`; did you mean `{near}`, as in `{example}`?"),
        None => format!("there is no option `{name}`; there are ttl, using, tags"),
    }
}
