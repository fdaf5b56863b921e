use larder::cached;

struct Repo {
    tenant: u64,
}

impl Repo {
    #[cached(key = "load:<a>,<b>,<c>,<d>,<e>,<f>,<g>,<h>,<i>", ignore(self))]
    pub fn load(&self, a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8) -> u8 {
        a + b + c + d + e + f + g + h + i
    }
}

fn main() {
    let _ = (Repo { tenant: 1 }.load(1, 2, 3, 4, 5, 6, 7, 8, 9), Repo { tenant: 1 }.tenant);
}
