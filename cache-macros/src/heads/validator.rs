//! What tells one version of a page from the next: the expression of `#[etag]`, or of `#[last_modified]`.

use syn::parse::ParseStream;
use syn::visit::Visit;
use syn::{Expr, ExprAsync, ExprClosure, ExprReturn, ExprTry, Ident, Item, Token};

use super::Head;
use crate::framework::Framework;
use crate::function::Function;

/// Reads it.
pub fn read(head: Head, input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
        let word: Ident = input.parse()?;
        let message = format!("what stands here has no name: leave `{word} =` out");
        return Err(syn::Error::new(word.span(), message));
    }
    let expr: Expr = input.parse()?;
    if let Expr::Closure(closure) = &expr {
        let message = format!(
            "write what the closure returns: the arguments of the handler are there by their names, as in `{}`",
            example(head)
        );
        return Err(syn::Error::new_spanned(closure, message));
    }
    stays(&expr)?;
    Ok(expr)
}

/// Says that there is one of them.
pub fn is_one(head: Head) -> &'static str {
    match head {
        Head::LastModified => "a page has one time of its last change: write the later one, as in `a.max(b)`",
        _ => "a page has one `ETag`: write all that it depends on into one text, as in `format!(\"{a}-{b}\")`",
    }
}

fn example(head: Head) -> &'static str {
    match head {
        Head::LastModified => "#[last_modified(article.saved_at)]",
        _ => "#[etag(article.version)]",
    }
}

/// It is worked out before the body, and what leaves it there would leave the handler.
fn stays(expr: &Expr) -> syn::Result<()> {
    let mut leaves = Leaves(None);
    leaves.visit_expr(expr);
    leaves.0.map_or(Ok(()), Err)
}

struct Leaves(Option<syn::Error>);

impl Visit<'_> for Leaves {
    fn visit_expr_try(&mut self, leaves: &ExprTry) {
        self.leaving(&leaves.question_token, "?");
        syn::visit::visit_expr_try(self, leaves);
    }

    fn visit_expr_return(&mut self, leaves: &ExprReturn) {
        self.leaving(&leaves.return_token, "return");
    }

    // What these hold ends them, and not the handler.
    fn visit_expr_closure(&mut self, _: &ExprClosure) {}
    fn visit_expr_async(&mut self, _: &ExprAsync) {}
    fn visit_item(&mut self, _: &Item) {}
}

impl Leaves {
    fn leaving(&mut self, word: &impl quote::ToTokens, text: &str) {
        let message = format!(
            "`{text}` would leave the handler before its body has begun: write an `Option` in its place, as `.ok()` makes \
             one; where it is `None`, nothing is known, and the body runs"
        );
        self.0.get_or_insert_with(|| syn::Error::new_spanned(word, message));
    }
}

/// Complains where there is no room for what is known of the request.
pub fn has_room(framework: Framework, head: Head, function: &Function) -> syn::Result<()> {
    let (most, name) = (framework.most_arguments(), framework.name());
    if function.sig.inputs.len() < most + usize::from(function.sig.receiver().is_some()) {
        return Ok(());
    }
    let message = format!(
        "a handler of {name} has at most {most} arguments, and `#[{}]` adds one of its own: put two of these into a tuple, as \
         in `(State(db), Path(id)): (State<Db>, Path<u64>)`",
        head.name()
    );
    Err(syn::Error::new_spanned(&function.sig.inputs, message))
}
