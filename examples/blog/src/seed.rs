//! What a new blog begins with.

use rusqlite::{Connection, Transaction, params};

use crate::error::Error;
use crate::password;

const USERS: [(&str, &str); 3] = [("ann", "Ann Aker"), ("ben", "Ben Bruun"), ("cleo", "Cleo Castell")];

/// Titles, with their tags.
const POSTS: [(&str, &str); 30] = [
    ("Empty jars first", "shelves"),
    ("How cold is a cellar?", "cellar"),
    ("Apples until March", "apples cellar"),
    ("Salt, and how much of it", "pickles"),
    ("Plums in the last hour of summer", "jam plums"),
    ("A label says when", "shelves"),
    ("Why the lid clicks", "jam"),
    ("Cabbage by the barrel", "pickles"),
    ("The mouse has been here", "cellar"),
    ("Quinces take their time", "jam quinces"),
    ("Flour moths: a history", "shelves flour"),
    ("Bread that is better tomorrow", "bread flour"),
    ("Beans, dried and counted", "beans"),
    ("Onions want company, potatoes do not", "cellar"),
    ("Elderflower in June", "syrup"),
    ("What freezing does to a tomato", "tomatoes"),
    ("Tomatoes, the slow way", "tomatoes"),
    ("A shelf for guests", "shelves"),
    ("Vinegar from what is left", "pickles apples"),
    ("Rye, and nothing else", "bread flour"),
    ("The year without apricots", "jam"),
    ("Eggs in water glass", "eggs"),
    ("Honey does not go off", "honey"),
    ("Butter under salt", "butter"),
    ("Old first, new behind", "shelves"),
    ("Marmalade on a dark day", "jam oranges"),
    ("Walnuts in the attic", "nuts"),
    ("Chillies on a string", "spices"),
    ("Cheese rinds have a use", "cheese"),
    ("What we ate in February", "cellar shelves"),
];

const BEGINNINGS: [&str; 3] = [
    "My grandmother did this without a book, and never twice in the same way.",
    "Everybody has an opinion on it, and most of them are kept too warm.",
    "I had it wrong for years, and nobody said a word.",
];

const MIDDLES: [&str; 4] = [
    "Keep it dark, keep it dry, and look at it more often than you think you have to. What goes bad does so in a corner.",
    "The first batch is for learning, the second one for the neighbours, and only then comes one that you put on the shelf.",
    "A thermometer costs less than a spoiled autumn. Write down what it says, with the day, or you will not believe it later.",
    "Whoever takes something out writes down what is left. That is all the order there is, and it is enough.",
];

const ENDS: [&str; 3] = [
    "If you do it in another way, tell me: there is room on the shelf.",
    "It keeps until spring. It never lasts that long.",
    "More about that when the first jar is open.",
];

/// How many say something of a post, of four that follow each other: everybody who writes here finds some, and some find none.
const SAID: [usize; 4] = [1, 2, 0, 2];

const COMMENTS: [&str; 4] = [
    "Mine went mouldy in the second week. Was it the lids?",
    "Twice the salt, and half the time: try it.",
    "I have read this three times, and now I need a cellar.",
    "Yes! And the cupboard under the stairs does it too.",
];

/// Makes the tables, and fills them, where there are none yet: all of it or nothing.
pub(crate) fn plant(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 0 {
        transaction.execute_batch(include_str!("schema.sql"))?;
        fill(&transaction)?;
        transaction.pragma_update(None, "user_version", 1)?;
    }
    Ok(transaction.commit()?)
}

fn fill(transaction: &Transaction<'_>) -> Result<(), Error> {
    let insert = "insert into users (login, name, password) values (?1, ?2, ?3)";
    for (login, name) in USERS {
        transaction.execute(insert, params![login, name, password::digest("larder")])?;
    }
    let (post, tag, comment) = (
        "insert into posts (author, title, text, written) values (?1, ?2, ?3, unixepoch('now', ?4)) returning id",
        "insert into tags (post, tag) values (?1, ?2)",
        "insert into comments (post, author, text, written) values (?1, ?2, ?3, unixepoch('now', ?4))",
    );
    for (number, (title, tags)) in POSTS.iter().enumerate() {
        let text = [BEGINNINGS[number % 3], MIDDLES[number % 4], MIDDLES[(number + 2) % 4], ENDS[(number / 3) % 3]];
        let ago = |days: usize| format!("-{days} days");
        let days = 2 * (POSTS.len() - number);
        let values = params![user(number), title, text.join("\n\n"), ago(days)];
        let id: i64 = transaction.query_row(post, values, |row| row.get(0))?;
        for tag_of_post in tags.split(' ') {
            transaction.execute(tag, params![id, tag_of_post])?;
        }
        for said in 0..SAID[number % 4] {
            let text = COMMENTS[(number + said) % 4];
            transaction.execute(comment, params![id, user(number + said + 1), text, ago(days - 1)])?;
        }
    }
    Ok(())
}

/// Returns one of those who write here, one after the other.
fn user(number: usize) -> i64 {
    [1, 2, 3][number % 3]
}
