//! Attributes of others on handlers with pages.

use axum::extract::Path;
use axum::response::IntoResponse;
use axum::{Router, routing};
use http::StatusCode;
use larder::{cache_page, testing};
use utoipa::OpenApi;

use crate::site::get;

#[cache_page(60, key = "checked:<name>")]
#[axum::debug_handler]
async fn checked(Path(name): Path<String>) -> Result<String, StatusCode> {
    Ok(name)
}

#[cache_page(60)]
#[::tracing::instrument]
async fn traced_below(Path(name): Path<String>) -> impl IntoResponse {
    name
}

#[::tracing::instrument]
#[cache_page(60)]
async fn traced_above(Path(name): Path<String>) -> String {
    name
}

#[cache_page(60)]
#[utoipa::path(get, path = "/below/{name}")]
async fn described_below(Path(name): Path<String>) -> String {
    name
}

#[utoipa::path(get, path = "/above/{name}")]
#[cache_page(60)]
async fn described_above(Path(name): Path<String>) -> String {
    name
}

#[derive(OpenApi)]
#[openapi(paths(described_below, described_above))]
struct Api;

#[test]
fn attributes_of_others_stand_where_the_docs_say() {
    let all = [
        routing::get(checked),
        routing::get(traced_below),
        routing::get(traced_above),
        routing::get(described_below),
        routing::get(described_above),
    ];
    for route in all {
        let _larder = testing::isolated();
        let site = Router::new().route("/{name}", route);
        for is_hit in [false, true] {
            let visit = get(&site, &[]);
            assert_eq!((visit.text(), visit.is_hit()), ("page".to_owned(), is_hit));
        }
    }
}

#[test]
fn what_describes_a_handler_sees_the_arguments_that_were_written() {
    let paths = Api::openapi().paths.paths;
    for path in ["/below/{name}", "/above/{name}"] {
        let described = paths[path].get.as_ref().expect("a description");
        let names: Vec<_> = described.parameters.iter().flatten().map(|parameter| &*parameter.name).collect();
        assert_eq!(names, ["name"], "{path}");
    }
}
