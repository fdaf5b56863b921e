//! Whether what is aimed at holds: a line for each figure, and in short for each thing that is measured.

use crate::aims::{self, Aim, Better, Bound, Read};
use crate::sheets::Sheet;

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is measured, and in which column or way, where there are several.
    pub what: String,
    pub of: String,
    /// The best of those who stand beside it.
    pub beside: String,
    /// Our figure as a ratio to that one's; of several lines in short, the least and the most.
    pub ratios: Option<(f64, f64)>,
    /// Our place among all who were measured, where they are several.
    pub place: String,
    bound: Bound,
    /// By which part of it the bound is missed; less than nothing where it holds.
    behind: f64,
    /// Whether it was timed, and differs a little from run to run.
    is_timed: bool,
}

/// Rounds that are timed differ by so much, and so do lines that say nothing about who is faster.
const NOISE: f64 = 0.02;

/// Returns the lines of one aim, one for each of its columns.
pub fn lines(aim: &Aim, sheets: &[Sheet]) -> Vec<Line> {
    let Some(sheet) = sheets.iter().find(|sheet| sheet.title == aim.sheet) else {
        return vec![Line::new(aim.what, "", None, aim.bound, aim.better)];
    };
    let unknown = |head: &str| Line { of: head.to_owned(), ..Line::new(aim.what, "", None, aim.bound, aim.better) };
    let of = |head: &&str| sheet.column(head).map_or_else(|| unknown(head), |column| line(aim, sheet, column));
    match aim.columns {
        [] => (1..sheet.head.len()).map(|column| line(aim, sheet, column)).collect(),
        heads => heads.iter().map(of).collect(),
    }
}

fn line(aim: &Aim, sheet: &Sheet, column: usize) -> Line {
    let head = &sheet.head[column];
    let of = match aim.columns {
        [_] => way(sheet).to_owned(),
        _ => head.clone(),
    };
    let figure = |name: &str| {
        let figure = sheet.figure(name, column)?;
        match aim.read {
            Read::Plain => Some(figure.plain),
            Read::Ratio => figure.ratio,
        }
    };
    let is_better = |one: f64, other: f64| if aim.better == Better::Less { one < other } else { one > other };
    let names = sheet.rows.iter().map(|row| &*row[0]).filter(|name| *name != aim.ours && is_beside(aim, sheet, name));
    let beside: Vec<(&str, f64)> = names.filter_map(|name| Some((name, figure(name)?))).collect();
    let best = beside.iter().copied().reduce(|best, other| if is_better(other.1, best.1) { other } else { best });
    let (Some(ours), Some((name, best))) = (figure(aim.ours), best) else {
        return Line { of, ..Line::new(aim.what, "", None, aim.bound, aim.better) };
    };
    let place = 1 + beside.iter().filter(|other| is_better(other.1, ours)).count();
    let place = if beside.len() > 1 { format!("{place} of {}", beside.len() + 1) } else { String::new() };
    let is_timed = !["bodies", "instructions"].contains(&&**head);
    Line { of, place, is_timed, ..Line::new(aim.what, name, Some(ours / best), aim.bound, aim.better) }
}

/// Says in which way a table was measured, of what is measured in several.
fn way(sheet: &Sheet) -> &'static str {
    match &*sheet.title {
        "Instructions a page" => "instructions",
        "A page in the process" => "in the process",
        "A page over loopback" => "over loopback",
        _ => "",
    }
}

/// Whoever is named in full stands for itself, and not for those whose names go on.
fn is_beside(aim: &Aim, sheet: &Sheet, name: &str) -> bool {
    let is_async = |name: &str| name.ends_with(", async");
    let is_whole = |start: &str| sheet.rows.iter().any(|row| row[0] == start);
    aim.beside.iter().any(|start| name == *start || name.starts_with(start) && !is_whole(start))
        && name.ends_with(aim.ending)
        && is_async(name) == is_async(aim.ours)
}

/// Returns the lines of what a program holds against aims of its own.
pub fn own(sheets: &[Sheet]) -> Vec<Line> {
    let Some(sheet) = sheets.iter().find(|sheet| sheet.title == "What is aimed at") else {
        return vec![Line::new("Redis and Memcached", "", None, Bound::Least(1.0), Better::More)];
    };
    let line = |row: &Vec<String>| {
        let [what, beside, figure, aim, _] = &**row else { return None };
        let (bound, better) = match (aim.strip_prefix("at least "), aim.strip_prefix("at most ")) {
            (Some(least), _) => (Bound::Least(least.parse().ok()?), Better::More),
            (_, most) => (Bound::Most(most?.parse().ok()?), Better::Less),
        };
        Some(Line { is_timed: true, ..Line::new(what, beside, figure.parse().ok(), bound, better) })
    };
    sheet.rows.iter().filter_map(line).collect()
}

/// Returns the lines of what an attribute takes when a program is built.
pub fn compiled(sheets: &[Sheet]) -> Vec<Line> {
    let sheet = sheets.iter().find(|sheet| sheet.title == "What an attribute costs when a program is built");
    let line = |(row, bound): (&str, Bound)| {
        let ratio = sheet.and_then(|sheet| {
            let of = |head| Some(sheet.figure(row, sheet.column(head)?)?.plain);
            Some(of("attribute")? / of("by hand, in full")?)
        });
        let what = format!("200 attributes: {row}");
        Line { is_timed: true, ..Line::new(&what, "the same by hand, in full", ratio, bound, Better::Less) }
    };
    aims::COMPILED.map(line).into()
}

/// Returns the lines of how long expansions are, as the docs show them.
pub fn expansions(shown: &[(&str, usize)]) -> Vec<Line> {
    let line = |(of, lines): &(&str, usize)| {
        let (what, beside) = (format!("what {of} expands to: {lines} lines"), format!("a screen of {}", aims::SCREEN));
        let ratio = *lines as f64 / aims::SCREEN as f64;
        Line::new(&what, &beside, Some(ratio), Bound::Most(1.0), Better::Less)
    };
    shown.iter().map(line).collect()
}

/// Returns the lines of how many of the public tests of HTTP caches are passed, beside what was passed before.
pub fn conformance(passed: &[(String, f64, f64)]) -> Vec<Line> {
    let (bound, better) = (Bound::Least(1.0), Better::More);
    if passed.is_empty() {
        return vec![Line::new("public tests of HTTP caches", "", None, bound, better)];
    }
    let line = |(what, passed, floor): &(String, f64, f64)| {
        Line::new(what, &format!("the floor, {floor}"), Some(passed / floor), bound, better)
    };
    passed.iter().map(line).collect()
}

impl Line {
    fn new(what: &str, beside: &str, ratio: Option<f64>, bound: Bound, better: Better) -> Self {
        let behind = |ratio: f64| match (bound, better) {
            (Bound::First | Bound::Told, Better::Less) => ratio - 1.0,
            (Bound::First | Bound::Told, Better::More) => 1.0 - ratio,
            (Bound::Most(most), _) => ratio / most - 1.0,
            (Bound::Least(least), _) => 1.0 - ratio / least,
        };
        Self {
            what: what.to_owned(),
            of: String::new(),
            beside: beside.to_owned(),
            ratios: ratio.map(|ratio| (ratio, ratio)),
            place: String::new(),
            bound,
            behind: ratio.map_or(f64::NEG_INFINITY, behind),
            is_timed: false,
        }
    }

    pub fn aim(&self) -> String {
        match self.bound {
            Bound::First => "first".to_owned(),
            Bound::Most(most) => format!("at most {most:.2}"),
            Bound::Least(least) => format!("at least {least:.2}"),
            Bound::Told => String::new(),
        }
    }

    pub fn ratio(&self) -> String {
        match self.ratios.map(|(least, most)| (format!("{least:.2}"), format!("{most:.2}"))) {
            Some((least, most)) if least == most => least,
            Some((least, most)) => format!("{least} to {most}"),
            None => String::new(),
        }
    }

    pub fn is_held(&self) -> bool {
        self.ratios.is_some() && !matches!(self.bound, Bound::Told) && self.behind <= 0.0
    }

    pub fn is_missed(&self) -> bool {
        !matches!(self.bound, Bound::Told) && self.behind > 0.0
    }

    /// Returns whether something is aimed at, and nobody has measured it.
    pub fn is_unknown(&self) -> bool {
        self.ratios.is_none() && !matches!(self.bound, Bound::Told)
    }

    /// Says whether the figure is what it is to be, and if not, by how much not.
    pub fn word(&self) -> String {
        let per_cent = (self.behind * 100.0).ceil();
        match self.behind {
            _ if self.ratios.is_none() => "not measured".to_owned(),
            _ if self.is_held() => "holds".to_owned(),
            _ if !self.is_missed() => String::new(),
            ..=NOISE if self.is_timed => format!("missed by {per_cent} %, as rounds differ"),
            _ => format!("**missed by {per_cent} %**"),
        }
    }
}

/// Returns a line for each thing that is measured, in which the worst of its lines speaks for all.
pub fn in_short(lines: &[Line]) -> Vec<Line> {
    let mut short: Vec<Line> = Vec::new();
    for line in lines {
        if short.iter().all(|other| other.what != line.what) {
            let same: Vec<&Line> = lines.iter().filter(|other| other.what == line.what).collect();
            short.extend(worst(&same));
        }
    }
    short
}

fn worst(lines: &[&Line]) -> Option<Line> {
    let worst = lines.iter().max_by(|one, other| one.behind.total_cmp(&other.behind))?;
    let of = if lines.len() > 1 { format!("{} of {}", worst.of, lines.len()) } else { String::new() };
    let all = lines.iter().filter_map(|line| line.ratios);
    let ratios = all.reduce(|(least, most), other| (least.min(other.0), most.max(other.1)));
    let first = lines.iter().filter(|line| line.place.starts_with("1 of")).count();
    let place = match lines {
        [line] => line.place.clone(),
        _ if worst.place.is_empty() => String::new(),
        _ => format!("first in {first}"),
    };
    Some(Line { of, ratios, place, ..Line::clone(worst) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aims::all;
    use crate::sheets::read;

    const HITS: &str = "\n### One thread, uniform reads\n\n\
        | one thread | `u64`, 1,024 | `&str`, 1,024 |\n|---|---:|---:|\n\
        | `RwLock<HashMap>`, ahash | 20.0 (1.00) | 20.0 (1.00) |\n\
        | larder by attribute, size and time | 30.0 (1.50) | 40.0 (2.00) |\n\
        | `quick_cache` bare, coarse time | 24.0 (1.20) | 24.0 (1.20) |\n\
        | `#[cached]` of `cached`, size and time | 40.0 (2.00) | 40.0 (2.00) |\n\
        | `#[cached]` of `cached`, size and time, async | 20.0 (1.00) | 20.0 (1.00) |\n\
        | `moka`, time | 1,020.0 (51.00) | 32.0 (1.60) |\n";

    fn of(what: &str) -> Vec<Line> {
        let aim = all().into_iter().find(|aim| aim.what == what && aim.sheet == "One thread, uniform reads");
        lines(&aim.expect("an aim"), &read(HITS))
    }

    #[test]
    fn a_figure_stands_beside_the_best_of_its_own_kind_and_aims_that_were_not_measured_are_told() {
        let hit = &of("a hit")[0];
        assert_eq!((&*hit.of, &*hit.beside), ("`u64`, 1,024", "`#[cached]` of `cached`, size and time"));
        assert_eq!((&*hit.ratio(), &*hit.place, &*hit.aim(), &*hit.word()), ("0.75", "1 of 3", "first", "holds"));
        let table = &of("a hit, beside a bare table")[0];
        assert_eq!((&*table.place, &*table.word()), ("", "**missed by 25 %**"));
        assert_eq!(of("a hit, beside a map")[0].word(), "");
        assert_eq!(of("a hit, async")[0].word(), "not measured");
    }

    #[test]
    fn a_column_that_is_not_there_under_its_name_is_told_as_not_measured() {
        let columns = &["a column that has another name now"];
        let aim = all().into_iter().find(|aim| aim.what == "a hit" && aim.sheet == "One thread, uniform reads");
        let found = lines(&Aim { columns, ..aim.expect("an aim") }, &read(HITS));
        let [line] = &*found else { panic!("one line: {found:?}") };
        assert_eq!((&*line.of, &*line.word(), line.is_unknown()), (columns[0], "not measured", true));
    }

    #[test]
    fn in_short_the_worst_line_speaks_for_all() {
        let short = in_short(&of("a hit"));
        let [line] = &*short else { panic!("one line: {short:?}") };
        assert_eq!((&*line.of, &*line.beside), ("`&str`, 1,024 of 2", "`moka`, time"));
        assert_eq!((&*line.ratio(), &*line.place, &*line.word()), ("0.75 to 1.25", "first in 1", "**missed by 25 %**"));
    }

    #[test]
    fn a_bound_is_missed_from_its_own_side() {
        let word =
            |ratio, bound, better, is_timed| Line { is_timed, ..Line::new("", "", Some(ratio), bound, better) }.word();
        assert_eq!(word(1.16, Bound::Most(1.15), Better::Less, true), "missed by 1 %, as rounds differ");
        assert_eq!(word(1.16, Bound::Most(1.15), Better::Less, false), "**missed by 1 %**");
        assert_eq!(word(1.20, Bound::Least(1.2), Better::More, true), "holds");
        assert_eq!(word(0.9, Bound::First, Better::More, true), "**missed by 10 %**");
        assert_eq!(word(1.0, Bound::First, Better::Less, false), "holds");
    }
}
