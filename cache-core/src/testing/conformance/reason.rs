//! Why a case is asked of a backend: what it claims, and what one claims of which that is not true.

use super::Case;
use crate::backend::Capabilities;

/// A claim that is true or not.
type Flag = fn(&mut Capabilities) -> &mut bool;

const FLAGS: [(&str, Flag); 9] = [
    ("atomic_add", |claims| &mut claims.atomic_add),
    ("atomic_incr", |claims| &mut claims.atomic_incr),
    ("touch", |claims| &mut claims.touch),
    ("clear_scope", |claims| &mut claims.clear_scope),
    ("conditional_fill", |claims| &mut claims.conditional_fill),
    ("sub_second", |claims| &mut claims.sub_second),
    ("in_place", |claims| &mut claims.in_place),
    ("tells", |claims| &mut claims.tells),
    ("lists", |claims| &mut claims.lists),
];

/// Returns a sentence that names the claims for which a case is asked, and what to claim in their place.
pub(super) fn reason(case: &Case, claims: &Capabilities) -> String {
    let (claimed, others): (Vec<_>, Vec<_>) = rests_on(case, claims).into_iter().unzip();
    if claimed.is_empty() {
        return "it is asked of every backend, whatever that claims".to_owned();
    }
    let (claimed, others) = (claimed.join("` and `"), others.join("` or `"));
    format!("the backend claims `{claimed}`: one that cannot do this claims `{others}`")
}

/// Returns the claims without which the case would be left out, each with what it would be otherwise.
fn rests_on(case: &Case, claims: &Capabilities) -> Vec<(String, String)> {
    let flags = FLAGS.iter().filter_map(|(name, flag)| {
        let mut others = *claims;
        let flag = flag(&mut others);
        let claimed = std::mem::replace(flag, !*flag);
        let said = (format!("{name}: {claimed}"), format!("{name}: {}", !claimed));
        (!(case.concerns)(&others)).then_some(said)
    });
    let unlimited = Capabilities { max_value_bytes: None, ..*claims };
    let limit = (format!("max_value_bytes: {:?}", claims.max_value_bytes), "max_value_bytes: None".to_owned());
    flags.chain((!(case.concerns)(&unlimited)).then_some(limit)).collect()
}
