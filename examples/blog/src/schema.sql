create table users (
    id integer primary key autoincrement,
    login text not null unique,
    name text not null unique,
    password text not null
) strict;

-- Of a session the digest is kept: who reads this table cannot log in with it.
create table sessions (
    digest text primary key,
    user integer not null references users (id) on delete cascade,
    ends integer not null
) strict;

create table posts (
    id integer primary key autoincrement,
    author integer not null references users (id),
    title text not null,
    text text not null,
    written integer not null,
    revision integer not null default 1
) strict;

create index posts_of_author on posts (author, id);

create table tags (
    post integer not null references posts (id) on delete cascade,
    tag text not null,
    primary key (tag, post)
) strict;

create index tags_of_post on tags (post);

create table comments (
    id integer primary key autoincrement,
    post integer not null references posts (id) on delete cascade,
    author integer not null references users (id),
    text text not null,
    written integer not null
) strict;

create index comments_of_post on comments (post, id);
