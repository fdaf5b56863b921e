//! Arguments that are patterns: their names are places, and the body keeps them.

use larder::{cached, testing};

use crate::Runs;

struct State<T>(T);

struct Point {
    x: i32,
    y: i32,
}

#[cached(key = "patterns:added:<a>,<b>")]
fn added((a, mut b): (u32, u32)) -> u32 {
    b += a;
    b
}

#[test]
fn the_parts_of_a_tuple_are_places() {
    let _larder = testing::isolated();
    assert_eq!((added((1, 2)), added::get((1, 2)), added::get((2, 1))), (3, Some(3), None));
    assert_eq!(added::key((1, 2)).as_str(), "patterns:added:1,2");
}

#[cached(key = "patterns:shown:<x>", ignore(runs, y))]
fn shown(State(runs): State<&Runs>, Point { x, y }: Point) -> i32 {
    runs.next();
    x + y
}

#[test]
fn an_extractor_is_taken_apart_and_a_part_can_be_ignored() {
    let _larder = testing::isolated();
    let runs = Runs::default();
    assert_eq!(shown(State(&runs), Point { x: 1, y: 2 }), 3);
    assert_eq!(shown(State(&runs), Point { x: 1, y: 9 }), 3, "`y` was ignored");
    assert_eq!(runs.count(), 1);
    assert_eq!(shown::get(Point { x: 1, y: 0 }), Some(3));
}

#[cached(key = "patterns:named:<whole.0>,<first>")]
fn named(whole @ (first, _): (u8, u8)) -> u8 {
    whole.1 + first
}

#[cached(key = "patterns:referred:<a>,<b>")]
fn referred(&(ref a, mut b): &(String, u8)) -> String {
    b += 1;
    format!("{a}{b}")
}

#[cached(key = "patterns:unread:<n>")]
fn unread(_: &Runs, n: u8) -> u8 {
    n
}

#[cached(key = "patterns:array:<first>,<rest>")]
fn array([first, rest @ ..]: [u8; 3]) -> u8 {
    first + rest[1]
}

#[test]
fn bindings_references_and_blanks_work() {
    let _larder = testing::isolated();
    assert_eq!((named((1, 2)), named::get((1, 2))), (3, Some(3)));
    let pair = ("a".to_owned(), 1);
    assert_eq!((referred(&pair), referred::get(&pair).as_deref()), ("a2".to_owned(), Some("a2")));
    assert_eq!((unread(&Runs::default(), 1), unread::get(1)), (1, Some(1)));
    assert_eq!((array([1, 2, 3]), array::get([1, 2, 3])), (4, Some(4)));
}

struct Form {
    point: Point,
}

impl Form {
    #[cached(key = "patterns:area:<x>,<factor>", ignore(self, y))]
    pub fn area(&self, Point { x, y }: Point, (factor,): (i32,)) -> i32 {
        (x - y) * factor + self.point.x + self.point.y
    }

    #[cached(key = "patterns:inside:<x>,<y>", ignore(self))]
    fn inside(&self, Point { mut x, y }: Point) -> i32 {
        x += 1;
        x * y + self.point.x
    }
}

#[test]
fn patterns_work_in_methods() {
    let _larder = testing::isolated();
    let form = Form { point: Point { x: 0, y: 0 } };
    assert_eq!(form.area(Point { x: 5, y: 2 }, (3,)), 9);
    assert_eq!(Form::area_site().get(&Point { x: 5, y: 0 }, (3,)), Some(9));
    assert_eq!((form.inside(Point { x: 1, y: 3 }), form.inside(Point { x: 1, y: 3 })), (6, 6));
}

#[cached(key = "patterns:either:<x>,<y>")]
fn either((Ok(x) | Err(x)): Result<u8, u8>, (Ok((y, _)) | Err(y)): Result<(u8, u8), u8>) -> u8 {
    x + y
}

#[cached(ignore(y))]
fn either_by_default((Ok(x) | Err(x)): Result<u8, u8>, y: u8) -> u8 {
    x + y
}

#[test]
fn both_sides_of_a_pattern_give_one_name() {
    let _larder = testing::isolated();
    assert_eq!((either(Ok(1), Err(2)), either::get(Err(1), Ok((2, 3)))), (3, Some(3)));
    assert_eq!(either_by_default::key(Ok(1)).as_str(), "macros::patterns::either_by_default:1");
    assert_eq!((either_by_default(Ok(1), 2), either_by_default(Err(1), 3)), (3, 3));
}
