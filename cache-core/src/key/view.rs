//! Keys as people write them by hand: for a view, for a user's view, for a page of a list.

use crate::key::{Key, KeyPart, KeyWriter, mark};

/// Returns the key of a view and its parameters, sorted by name: `blog:a=1:b=2`.
///
/// In whatever order the parameters come, it is one key; names and values are escaped, so that no value can pretend to
/// be another parameter.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key::{self, KeyPart};
///
/// let key = key::view("blog", [("tag", &"a:b" as &dyn KeyPart), ("page", &2)]);
/// assert_eq!(key.as_str(), "blog:page=2:tag=a%3Ab");
/// ```
pub fn view<N: AsRef<str>, P: KeyPart>(name: &str, parameters: impl IntoIterator<Item = (N, P)>) -> Key {
    let parameters = sorted(parameters);
    Key::write(const { mark("<view>:<parameters>") }, |key| {
        key.text(name);
        write_parameters(key, &parameters);
    })
}

/// Returns the key of a view as one user sees it: `dash:user_7:tab=x`.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key;
///
/// assert_eq!(key::user_view("dash", &7, [("tab", "x")]).as_str(), "dash:user_7:tab=x");
/// ```
pub fn user_view<U, N, P>(name: &str, user: &U, parameters: impl IntoIterator<Item = (N, P)>) -> Key
where
    U: KeyPart + ?Sized,
    N: AsRef<str>,
    P: KeyPart,
{
    let parameters = sorted(parameters);
    Key::write(const { mark("<view>:user_<user>:<parameters>") }, |key| {
        key.text(name).literal(":user_").part(user);
        write_parameters(key, &parameters);
    })
}

/// Returns the key of one page of a list: `blog_list:page_2:per_page_10:category=rust`.
///
/// A filter that is empty (`None`, an empty text, an empty list) is no filter: it is left out, and the key is the one
/// without it. Zero and `false` are values like others.
///
/// ```
/// # use cache_core::__private::larder;
/// use larder::key;
///
/// let filters = [("tag", None), ("category", Some("rust")), ("author", Some(""))];
/// let key = key::page("blog_list", 2, 10, filters);
/// assert_eq!(key.as_str(), "blog_list:page_2:per_page_10:category=rust");
/// ```
pub fn page<N, P>(name: &str, page: u64, per_page: u64, filters: impl IntoIterator<Item = (N, P)>) -> Key
where
    N: AsRef<str>,
    P: KeyPart,
{
    let filters = sorted(filters.into_iter().filter(|(_, value)| !is_empty(value)));
    Key::write(const { mark("<list>:page_<page>:per_page_<per_page>:<filters>") }, |key| {
        key.text(name).literal(":page_").part(&page).literal(":per_page_").part(&per_page);
        write_parameters(key, &filters);
    })
}

/// Parameters of one name keep their order.
fn sorted<N: AsRef<str>, P>(parameters: impl IntoIterator<Item = (N, P)>) -> Vec<(N, P)> {
    let mut parameters: Vec<_> = parameters.into_iter().collect();
    parameters.sort_by(|(a, _), (b, _)| a.as_ref().cmp(b.as_ref()));
    parameters
}

fn write_parameters<N: AsRef<str>, P: KeyPart>(key: &mut KeyWriter<'_>, parameters: &[(N, P)]) {
    for (name, value) in parameters {
        key.literal(":").text(name.as_ref()).literal("=").part(value);
    }
}

fn is_empty(value: &impl KeyPart) -> bool {
    let text = Key::write(0, |key| {
        key.part(value);
    });
    matches!(text.as_bytes(), b"" | b"%none" | b"<>")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: [(&str, &str); 0] = [];

    #[test]
    fn parameters_are_sorted_by_name() {
        assert_eq!(view("blog", [("b", 2), ("a", 1)]), view("blog", [("a", 1), ("b", 2)]));
        assert_eq!(view("blog", NOTHING).as_str(), "blog");
    }

    #[test]
    fn a_value_cannot_pretend_to_be_another_parameter() {
        let honest = view("blog", [("a", "1"), ("b", "2")]);
        assert_ne!(honest.as_str(), view("blog", [("a", "1:b=2")]).as_str());
        assert_ne!(honest.as_str(), view("blog:a=1", [("b", "2")]).as_str());
        assert_ne!(honest.as_str(), view("blog", [("a=1:b", "2")]).as_str());
        assert_ne!(user_view("dash", "7:tab=x", NOTHING).as_str(), user_view("dash", &7, [("tab", "x")]).as_str());
    }

    #[test]
    fn parameters_of_one_name_keep_their_order() {
        assert_eq!(view("blog", [("tag", "b"), ("tag", "a")]).as_str(), "blog:tag=b:tag=a");
    }

    #[test]
    fn a_view_without_a_user_is_not_that_of_nobody() {
        assert_eq!(user_view("dash", &None::<u64>, NOTHING).as_str(), "dash:user_%none");
        assert_ne!(user_view("dash", "", NOTHING).as_str(), user_view("dash", &None::<u64>, NOTHING).as_str());
    }

    #[test]
    fn empty_filters_are_left_out_and_zero_is_not_empty() {
        let filters: [(&str, &dyn KeyPart); 5] =
            [("a", &""), ("b", &None::<u8>), ("c", &Vec::<u8>::new()), ("d", &0), ("e", &false)];
        assert_eq!(page("list", 1, 20, filters).as_str(), "list:page_1:per_page_20:d=0:e=false");
        let one_empty_text = [("tags", vec![""])];
        assert_eq!(page("list", 1, 20, one_empty_text).as_str(), "list:page_1:per_page_20:tags=<,>");
    }

    #[test]
    fn the_three_kinds_of_key_never_stand_for_each_other() {
        let marks = [view("a", NOTHING).mark(), user_view("a", &1, NOTHING).mark(), page("a", 1, 1, NOTHING).mark()];
        assert!(marks[0] != marks[1] && marks[1] != marks[2] && marks[0] != marks[2]);
    }
}
