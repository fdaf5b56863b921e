pub struct MySql;
