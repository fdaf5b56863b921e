//! What handlers with these attributes look like, and what mistakes are told.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, ItemFn, parse_quote};

use super::{Head, expand};
use crate::framework::Framework;

fn expanded(head: Head, tokens: &TokenStream, item: &TokenStream) -> String {
    let tokens = expand(Framework::Axum, head, tokens, item);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    prettyplease::unparse(&file).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the attributes of a handler after one above them has been expanded.
fn left(head: Head, tokens: &TokenStream, attributes: &TokenStream) -> Vec<String> {
    let item = quote!(#attributes async fn page() {});
    let function: ItemFn = syn::parse2(expand(Framework::Axum, head, tokens, &item)).expect("a function");
    function.attrs.iter().map(|attr| quote!(#attr).to_string().replace(' ', "")).collect()
}

#[test]
fn the_docs_of_an_expansion_are_a_body_in_a_call_or_two() {
    let item = quote!(
        #[doc = " Shows."]
        pub async fn page<T: Show>(Path(id): Path<T>) -> Result<impl IntoResponse + Send, Error>
        where
            T: Send,
        {
            show(id)?
        }
    );
    assert_eq!(
        expanded(Head::NeverCache, &quote!(), &item),
        "/// Shows. pub async fn page<T: Show>(Path(id): Path<T>) -> ::larder::page::__private::Response where T: \
         Send, { ::larder::page::__private::never_cached({ { fn __mentioned<T: IntoResponse>() {} } { fn __mentioned<T: \
         Send>() {} } let __answer = ::larder::__private::once_async(async move || -> Result<_, Error> { show(id)? })() .await; \
         use ::larder::page::__private::Fallback as _; ::larder::page::__private::Outcome(__answer).answer() }) }"
    );
}

#[test]
fn an_argument_is_added_in_front_once_and_behind_a_receiver() {
    let item = quote!(
        #[last_modified(article.saved)]
        async fn page(&self, article: Article) -> Html {}
    );
    let page = expanded(Head::Etag, &quote!(article.version), &item);
    assert!(
        page.contains("( &self, __conditions: ::larder::page::__private::Conditions, article: Article, )"),
        "{page}"
    );
    assert!(page.contains("#[last_modified(__taken)]"), "{page}");
    assert_eq!(page.matches("Conditions").count(), 1, "{page}");
    let nothing = quote!(
        async fn page(article: Article) -> Html {}
    );
    let taken = expanded(Head::LastModified, &quote!(__taken), &nothing);
    assert_eq!(taken, "async fn page(article: Article) -> Html {}");
}

#[test]
fn what_may_answer_early_goes_first_and_all_else_keeps_its_order() {
    let order = left(
        Head::CacheControl,
        &quote!(public),
        &quote!(#[a] #[cache::vary_on_cookie] #[etag("x")] #[b] #[cache::last_modified(5)] #[c]),
    );
    let expected = [
        "#[etag(\"x\")]",
        "#[cache::last_modified(5)]",
        "#[::larder::cache_control(public)]",
        "#[a]",
        "#[cache::vary_on_cookie]",
        "#[b]",
        "#[c]",
    ];
    assert_eq!(order, expected);
}

#[test]
fn a_page_is_told_what_it_varies_on() {
    for (attribute, told) in [
        (quote!(#[cache_page(900)]), "#[cache_page(900,__vary(\"x-a\",\"b\"))]"),
        (quote!(#[cache::cache_page(900, etag,)]), "#[cache::cache_page(900,etag,__vary(\"x-a\",\"b\"))]"),
        (quote!(#[cache_page]), "#[cache_page(__vary(\"x-a\",\"b\"))]"),
        (quote!(#[cache_page()]), "#[cache_page(__vary(\"x-a\",\"b\"))]"),
        (quote!(#[cache_page(900, __vary("c"))]), "#[cache_page(900,__vary(\"c\",\"x-a\",\"b\"))]"),
        (quote!(#[page(900)]), "#[page(900)]"),
    ] {
        assert_eq!(left(Head::VaryOnHeaders, &quote!("X-A", "B"), &attribute), [told]);
    }
    let both = left(Head::VaryOnCookie, &quote!(), &quote!(#[vary_on_headers("a")] #[cache_page(60)]));
    assert_eq!(both[1], "#[cache_page(60,__vary(\"cookie\"))]");
    let silent = left(Head::CacheControl, &quote!(max_age = 60), &quote!(#[cache_page(60)]));
    assert_eq!(silent, ["#[cache_page(60)]"]);
}

#[test]
fn what_has_no_page_kept_contradicts_a_page_on_either_side_of_it() {
    let contradictions: [(Attribute, &str); 6] = [
        (parse_quote!(#[never_cache]), "leave one of them out"),
        (parse_quote!(#[cache::cache_control(no_store)]), "leave one of them out"),
        (parse_quote!(#[cache_control(max_age = 60, private)]), "key = \\\"…<user.id>\\\""),
        (parse_quote!(#[cache_control(max_age = 0)]), "browser = 0"),
        (parse_quote!(#[cache_control(max_age = 60, s_maxage = 0)]), "browser = 0"),
        (parse_quote!(#[cache_control(private, no_cache("a"), crate = cache)]), "leave `private` out"),
    ];
    for (attr, repair) in contradictions {
        let text = quote!(#attr).to_string();
        let (head, tokens) = (Head::of(&attr).expect("a head"), super::tokens_of(&attr));
        let above = expanded(
            head,
            &tokens,
            &quote!(
                #[cache_page(60)]
                async fn page() {}
            ),
        );
        assert_eq!(above.matches("compile_error").count(), 1, "{text}: {above}");
        assert!(above.contains(repair) && above.ends_with("#[cache_page(60)] async fn page() {}"), "{text}: {above}");
        // What stands below is put above.
        let below = crate::page::expand(Framework::Axum, quote!(60), &quote!(#attr async fn page() {})).to_string();
        assert_eq!(below, quote!(#attr #[::larder::cache_page(60)] async fn page() {}).to_string());
    }
}

#[test]
fn what_leaves_a_page_to_be_kept_contradicts_nothing() {
    let fine: [Attribute; 6] = [
        parse_quote!(#[cache_control(public, max_age = 60)]),
        parse_quote!(#[cache_control(no_store, must_understand)]),
        parse_quote!(#[cache_control(private("set-cookie"), no_cache)]),
        parse_quote!(#[cache_control(max_age = 0, s_maxage = 60)]),
        parse_quote!(#[vary_on_cookie]),
        parse_quote!(#[etag(version)]),
    ];
    for attr in &fine {
        let head = Head::of(attr).expect("a head");
        let above = expanded(
            head,
            &super::tokens_of(attr),
            &quote!(
                #[cache_page(60)]
                async fn page() {}
            ),
        );
        assert!(!above.contains("compile_error"), "{above}");
    }
}

#[test]
fn each_wrong_form_is_told_its_repair_once() {
    let item = quote!(
        async fn page() {}
    );
    for (wrong, repair) in [
        (quote!(public: true), "write `public`"),
        (quote!(public = False), "leave `public` out"),
        (quote!(max_age: 60 * 5), "write `max_age = 60 * 5`"),
        (quote!(no - cache), "write `no_cache`"),
        (quote!(s - maxage = HOUR), "write `s_maxage = HOUR`"),
        (quote!(stale - while - revalidate = 5), "write `stale_while_revalidate = 5`"),
        (quote!(max - agee = 5), "joined by `_`"),
        (quote!(nostore), "did you mean `no_store`"),
        (quote!(s_max_age = 5), "did you mean `s_maxage = 60`"),
        (quote!(swr = 5), "did you mean `stale_while_revalidate = 60`"),
        (quote!(max_age = 60 s_maxage = 5), "separated by commas"),
        (quote!(public max_age = 5), "separated by commas"),
        (quote!(private(set_cookie)), "write `\\\"Set-Cookie\\\"`"),
        (quote!(private("a", "A")), "said twice"),
        (quote!(no_cache, no_cache), "said twice"),
        (quote!(no_store, public), "leave `no_store` or `public` out"),
        (quote!(must_revalidate, stale_if_error = 5), "nobody uses it stale"),
        (quote!(immutable, no_store), "not fresh for any time"),
        (quote!(&public), "starts with its name"),
        (quote!(public, crate = "a::b"), "write `crate = a::b`"),
        (quote!(crate = a::b), "say what caches are told"),
    ] {
        let expansion = expanded(Head::CacheControl, &wrong, &item);
        assert_eq!(expansion.matches("compile_error").count(), 1, "{wrong}: {expansion}");
        assert!(expansion.contains(repair) && expansion.contains("async fn page() {}"), "{wrong}: {expansion}");
    }
}

#[test]
fn what_makes_sense_beside_each_other_is_let_through() {
    let item = quote!(
        async fn page() {}
    );
    for fine in [
        quote!(no_store, max_age = 0),
        quote!(no_store, private, no_cache, must_revalidate, max_age = 0),
        quote!(must_understand, no_store, max_age = 60),
        quote!(public, private("set-cookie"), no_cache("x"), s_maxage = 5),
        quote!(no_cache, no_cache("set-cookie")),
        quote!(s_maxage = 5, stale_while_revalidate = 5, max_age = 0),
        quote!(proxy_revalidate, stale_if_error = 5),
    ] {
        let expansion = expanded(Head::CacheControl, &fine, &item);
        assert!(!expansion.contains("compile_error"), "{fine}: {expansion}");
    }
    let beside = quote!(
        #[never_cache]
        async fn page() {}
    );
    let fine = quote!(no_transform, private, no_cache("x"), max_age = 0);
    assert!(!expanded(Head::CacheControl, &fine, &beside).contains("compile_error"));
}
