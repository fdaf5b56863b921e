//! The panel as a scope of actix-web.

use actix_web::web::{self, Payload};
use actix_web::{HttpRequest, HttpResponse, Scope};

use super::desk::{self, MOST};
use super::mount::Panel;
use crate::page::actix::{read, written};

impl Panel {
    /// Mounts it in an app of actix-web, at this path. In the extensions of the request that the guard is shown is the address
    /// of the peer, as a [`SocketAddr`](std::net::SocketAddr); what is known of a session can be looked at by a middleware
    /// that the scope is wrapped in.
    #[must_use]
    pub fn scope(self, path: &str) -> Scope {
        let answer = move |request: HttpRequest, payload: Payload| {
            let panel = self.clone();
            async move { panel.answer_actix(&request, payload).await }
        };
        web::scope(path).default_service(web::to(answer))
    }

    async fn answer_actix(&self, request: &HttpRequest, payload: Payload) -> HttpResponse {
        let Some(mut parts) = read(request) else { return written(&desk::stranger()) };
        parts.extensions.extend(
            request
                .peer_addr()
                .map(|peer| {
                    let mut told = http::Extensions::new();
                    told.insert(peer);
                    told
                })
                .unwrap_or_default(),
        );
        if !self.lets_in(&parts).await {
            return written(&desk::stranger());
        }
        let body = match payload.to_bytes_limited(MOST).await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(_)) => Err(desk::broken()),
            Err(_) => Err(desk::too_much()),
        };
        written(&self.answer(&parts, request.match_info().unprocessed(), body).await)
    }
}
