//! How every kind of value reads. A line here may be added; none may ever change, since keys outlive builds.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use cache_core::key::{Key, KeyName, KeyPart, Place, Scope, mark, page, user_view, view};

#[track_caller]
fn reads(value: &(impl KeyPart + ?Sized), text: &str) {
    let key = Key::write(0, |key| {
        key.part(value);
    });
    assert_eq!(key.as_str(), text);
}

#[test]
fn numbers() {
    reads(&0_u8, "0");
    reads(&255_u8, "255");
    reads(&-128_i8, "-128");
    reads(&u16::MAX, "65535");
    reads(&i16::MIN, "-32768");
    reads(&42_u32, "42");
    reads(&-7_i32, "-7");
    reads(&u64::MAX, "18446744073709551615");
    reads(&i64::MIN, "-9223372036854775808");
    reads(&(u128::from(u64::MAX) + 1), "18446744073709551616");
    reads(&10_u128.pow(38), "100000000000000000000000000000000000000");
    reads(&u128::MAX, "340282366920938463463374607431768211455");
    reads(&i128::MIN, "-170141183460469231731687303715884105728");
    reads(&7_usize, "7");
    reads(&-7_isize, "-7");
    reads(&NonZero::new(5_u64).unwrap(), "5");
    reads(&NonZero::new(-5_i8).unwrap(), "-5");
}

#[test]
fn texts() {
    reads(&true, "true");
    reads(&false, "false");
    reads(&'a', "a");
    reads(&':', "%3A");
    reads(&'é', "%C3%A9");
    reads(&'🦀', "%F0%9F%A6%80");
    reads("", "");
    reads("plain-Text_1.0~", "plain-Text_1.0~");
    reads(":/,;=&|?#<>%", "%3A%2F%2C%3B%3D%26%7C%3F%23%3C%3E%25");
    reads("!\"$'()*+@[\\]^`{}", "!\"$'()*+@[\\]^`{}");
    reads(" \t\r\n\0\u{7f}", "%20%09%0D%0A%00%7F");
    reads("né", "n%C3%A9");
    reads(&String::from("a b"), "a%20b");
    reads("%none", "%25none");
}

#[test]
fn pointers() {
    reads(&"a", "a");
    reads(&&&1, "1");
    reads(&&mut 1, "1");
    reads(&Box::new(1), "1");
    reads(&Box::<str>::from("a"), "a");
    reads(&Rc::<str>::from("a"), "a");
    reads(&Arc::<[u8]>::from([1, 2]), "<1,2,>");
    reads(&Cow::Borrowed("a"), "a");
    reads(&Cow::<str>::Owned("a".into()), "a");
    reads(&(&1 as &dyn KeyPart), "1");
}

#[test]
fn options() {
    reads(&None::<u8>, "%none");
    reads(&Some(1), "1");
    reads(&Some(""), "");
    reads(&Some("none"), "none");
    reads(&None::<Option<u8>>, "%none");
    reads(&Some(None::<u8>), "%some%none");
    reads(&Some(Some(1)), "%some1");
    reads(&Some(Some(None::<u8>)), "%some%some%none");
    reads(&Some(Some(Some(1))), "%some%some1");
    reads(&Some(vec![None, Some(1)]), "<%none,1,>");
    reads(&Some((Some(1), None::<u8>)), "<1,%none>");
}

#[test]
fn options_behind_pointers_and_wrappers() {
    struct Wrapper(Option<u8>);

    impl KeyPart for Wrapper {
        fn write_key(&self, place: Place<'_>) {
            place.part(&self.0);
        }
    }

    reads(&Some(&None::<u8>), "%some%none");
    reads(&Some(Box::new(Arc::new(Some(1)))), "%some1");
    reads(&Wrapper(None), "%none");
    reads(&Some(Wrapper(None)), "%some%none");
    reads(&Some(Wrapper(Some(1))), "%some1");
    reads(&None::<Wrapper>, "%none");
}

#[test]
fn sequences() {
    reads(&[1, 2], "<1,2,>");
    reads(&[0_u8; 0], "<>");
    reads([1, 2].as_slice(), "<1,2,>");
    reads(&vec![""], "<,>");
    reads(&vec!["", ""], "<,,>");
    reads(&vec!["a,b"], "<a%2Cb,>");
    reads(&vec![vec!["a"], vec![]], "<<a,>,<>,>");
    reads(&VecDeque::from([1, 2]), "<1,2,>");
    reads(&LinkedList::from([1, 2]), "<1,2,>");
    reads(&BTreeSet::from([2, 1]), "<1,2,>");
    reads(&BTreeMap::from([("b", 2), ("a", 1)]), "<a=1,b=2,>");
    reads(&BTreeMap::from([("a=", "b,")]), "<a%3D=b%2C,>");
    reads(&BTreeMap::<u8, u8>::new(), "<>");
}

#[test]
fn tuples() {
    reads(&(), "<>");
    reads(&(1,), "<1>");
    reads(&(1, "a"), "<1,a>");
    reads(&("", ""), "<,>");
    reads(&((1, 2), 3), "<<1,2>,3>");
    reads(&(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), "<1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16>");
    reads(&PhantomData::<str>, "<>");
}

#[test]
fn shapes_written_by_hand() {
    enum Shape {
        Empty,
        Circle(u32),
        Square { side: u32 },
        Ü,
    }

    impl KeyPart for Shape {
        fn write_key(&self, place: Place<'_>) {
            match self {
                Self::Empty => place.variant("Empty").unit(),
                Self::Circle(radius) => place.variant("Circle").tuple(|items| {
                    items.item(radius);
                }),
                Self::Square { side } => place.variant("Square").record(|fields| {
                    fields.field("side", side).field("a=b", "c,d");
                }),
                Self::Ü => place.variant("Ü").unit(),
            }
        }
    }

    reads(&Shape::Empty, "Empty");
    reads(&Shape::Circle(3), "Circle<3>");
    reads(&Shape::Square { side: 4 }, "Square<side=4,a%3Db=c%2Cd>");
    reads(&Shape::Ü, "%C3%9C");
    reads(&Some(Shape::Empty), "Empty");
}

#[test]
fn times() {
    reads(&Duration::ZERO, "0s");
    reads(&Duration::from_mins(5), "300s");
    reads(&Duration::from_millis(1500), "1.5s");
    reads(&Duration::from_nanos(1), "0.000000001s");
    reads(&Duration::from_micros(10), "0.00001s");
    reads(&Duration::MAX, "18446744073709551615.999999999s");
}

#[test]
fn addresses() {
    let six = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
    reads(&Ipv4Addr::new(127, 0, 20, 1), "127.0.20.1");
    reads(&six, "2001%3Adb8%3A%3A1");
    reads(&Ipv6Addr::UNSPECIFIED, "%3A%3A");
    reads(&Ipv4Addr::LOCALHOST.to_ipv6_mapped(), "%3A%3Affff%3A127.0.0.1");
    reads(&IpAddr::from([10, 0, 0, 1]), "10.0.0.1");
    reads(&IpAddr::V6(Ipv6Addr::LOCALHOST), "%3A%3A1");
    reads(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80), "127.0.0.1%3A80");
    reads(&SocketAddr::from(([127, 0, 0, 1], 80)), "127.0.0.1%3A80");
    reads(&SocketAddrV6::new(six, 80, 0, 0), "[2001%3Adb8%3A%3A1]%3A80");
    reads(&SocketAddrV6::new(six, 80, 0, 3), "[2001%3Adb8%3A%3A1%253]%3A80");
    reads(&SocketAddrV6::new(six, 80, 7, 0), "[2001%3Adb8%3A%3A1]%3A80%237");
    reads(&SocketAddr::from(SocketAddrV6::new(six, 80, 7, 3)), "[2001%3Adb8%3A%3A1%253]%3A80%237");
}

#[cfg(feature = "uuid")]
#[test]
fn uuids() {
    use uuid::Uuid;

    reads(&Uuid::nil(), "00000000-0000-0000-0000-000000000000");
    reads(&Uuid::from_u128(0xABCD_EF01_2345_6789 << 64 | 7), "abcdef01-2345-6789-0000-000000000007");
}

#[cfg(feature = "chrono")]
#[test]
fn dates() {
    use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

    let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    reads(&date, "2024-02-29");
    reads(&NaiveDate::from_ymd_opt(7, 1, 2).unwrap(), "0007-01-02");
    reads(&NaiveDate::from_ymd_opt(-7, 1, 2).unwrap(), "-0007-01-02");
    reads(&NaiveDate::from_ymd_opt(12345, 1, 2).unwrap(), "12345-01-02");

    let time = NaiveTime::from_hms_micro_opt(3, 4, 5, 678_900).unwrap();
    reads(&time, "T030405.6789");
    reads(&NaiveTime::MIN, "T000000");
    reads(&NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap(), "T235959.5L");
    reads(&NaiveTime::from_hms_milli_opt(23, 59, 59, 500).unwrap(), "T235959.5");

    let moment = date.and_time(time);
    reads(&moment, "2024-02-29T030405.6789");
    let utc: DateTime<Utc> = moment.and_utc();
    reads(&utc, "2024-02-29T030405.6789Z");
    reads(&utc.with_timezone(&FixedOffset::east_opt(0).unwrap()), "2024-02-29T030405.6789Z+000000");
    reads(&utc.with_timezone(&FixedOffset::east_opt(5 * 3600 + 30 * 60).unwrap()), "2024-02-29T030405.6789Z+053000");
    reads(&utc.with_timezone(&FixedOffset::west_opt(4 * 3600 + 1).unwrap()), "2024-02-29T030405.6789Z-040001");

    reads(
        &DateTime::<Utc>::MAX_UTC.with_timezone(&FixedOffset::east_opt(1).unwrap()),
        "262142-12-31T235959.999999999Z+000001",
    );

    reads(&TimeDelta::zero(), "0s");
    reads(&TimeDelta::milliseconds(1_500), "1.5s");
    reads(&TimeDelta::milliseconds(-1_500), "-1.5s");
    reads(&TimeDelta::nanoseconds(-1), "-0.000000001s");
    reads(&TimeDelta::MIN, "-9223372036854775.807s");
}

#[test]
fn names_of_types() {
    let names = [
        u8::KEY_NAME,
        u16::KEY_NAME,
        u32::KEY_NAME,
        u64::KEY_NAME,
        u128::KEY_NAME,
        usize::KEY_NAME,
        i8::KEY_NAME,
        i16::KEY_NAME,
        i32::KEY_NAME,
        i64::KEY_NAME,
        i128::KEY_NAME,
        isize::KEY_NAME,
        f32::KEY_NAME,
        f64::KEY_NAME,
        bool::KEY_NAME,
        char::KEY_NAME,
        str::KEY_NAME,
        String::KEY_NAME,
        <()>::KEY_NAME,
    ];
    let expected = "u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char str String ()";
    assert_eq!(names.join(" "), expected);
    assert_eq!(<Option<Vec<u8>>>::KEY_NAME, "Option<Vec<u8>>");
    let key = Key::write(0, |key| {
        key.name::<Vec<String>>();
    });
    assert_eq!(key.as_str(), "Vec%3CString%3E");
}

#[test]
fn whole_keys_and_names() {
    let (author, tags) = (17, vec!["a:b", "c"]);
    let key = Key::write(mark("articles:list:v2:author=<author>,<tags>"), |key| {
        key.literal("articles:list:v2:author=").part(&author).literal(",").part(&tags);
    });
    assert_eq!(key.as_str(), "articles:list:v2:author=17,<a%3Ab,c,>");
    let scope = Scope::new("shop", "2", None).unwrap();
    assert_eq!(scope.name(&key).as_str(), "shop:2:articles:list:v2:author=17,<a%3Ab,c,>");
    assert_eq!(Key::from("any: key, as it is <>%").as_str(), "any:%20key,%20as%20it%20is%20<>%25");
}

#[test]
fn long_keys() {
    let key = Key::write(0, |key| {
        key.literal("search:").part(&"query ".repeat(60));
    });
    let beginning = format!("search:{}query", "query%20".repeat(19));
    assert_eq!(key.as_str(), format!("{beginning}%+8398f9c96730903008cb212e06fa40d4"));
}

#[test]
fn marks() {
    assert_eq!(mark(""), 0xf52a_15e9_a9b5_e89b);
    assert_eq!(mark("profile:<id>"), 0x9f9b_5050_fb57_4c2f);
}

#[test]
fn keys_of_views() {
    assert_eq!(view("blog", [("b", 2), ("a", 1)]).as_str(), "blog:a=1:b=2");
    assert_eq!(view("blog", [("", ""); 0]).as_str(), "blog");
    assert_eq!(user_view("dash", &7, [("tab", "x")]).as_str(), "dash:user_7:tab=x");
    let filters = [("category", Some("rust")), ("tag", None), ("author", Some(""))];
    assert_eq!(page("blog_list", 2, 10, filters).as_str(), "blog_list:page_2:per_page_10:category=rust");
}
