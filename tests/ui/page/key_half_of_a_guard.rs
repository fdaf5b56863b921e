use larder::cache_page;

struct Auth {
    user: u64,
    role: String,
}

#[cache_page(60, key = "front:<user: u64>")]
async fn front(Auth { user, role }: Auth) -> String {
    format!("{user} {role}")
}

fn main() {}
