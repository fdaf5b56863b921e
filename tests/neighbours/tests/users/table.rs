//! What `users.txt` says.

const TABLE: &str = include_str!("../users.txt");

/// One kind of page.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub name: &'static str,
    pub members: Whose,
    pub strangers: Whose,
    /// How many are made for all who ask; `None`: one with each request.
    pub made: Option<usize>,
    /// Whether a browser shows it for a while without asking.
    pub is_kept_by_browsers: bool,
}

/// Whose page somebody gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Own,
    Nobodys,
    AMembers,
    OfTheBrowser,
    Refused,
}

fn lines(word: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let rest = move |line: &'static str| line.strip_prefix(word)?.strip_prefix(' ');
    TABLE.lines().filter_map(rest).map(|line| line.split('|').map(str::trim).collect())
}

/// Returns the kinds of pages.
pub fn rows() -> Vec<Row> {
    lines("page").map(|cells| Row::of(&cells)).collect()
}

/// Returns what is refused by the compiler, and the case that shows it.
pub fn refused() -> Vec<(&'static str, &'static str)> {
    lines("refused").map(|cells| (cells[0], cells[1])).collect()
}

impl Row {
    fn of(cells: &[&'static str]) -> Self {
        let [name, members, strangers, made, browser] = *cells else { panic!("{cells:?} are not five cells") };
        let is_kept_by_browsers = match browser {
            "keeps" => true,
            "asks" => false,
            other => panic!("no browser `{other}`"),
        };
        let made = (made != "anew").then(|| made.parse().expect("a number"));
        Self { name, members: Whose::of(members), strangers: Whose::of(strangers), made, is_kept_by_browsers }
    }
}

impl Whose {
    fn of(cell: &str) -> Self {
        match cell {
            "own" => Self::Own,
            "nobody's" => Self::Nobodys,
            "a member's" => Self::AMembers,
            "browser's" => Self::OfTheBrowser,
            "refused" => Self::Refused,
            other => panic!("nobody's page is `{other}`"),
        }
    }
}
