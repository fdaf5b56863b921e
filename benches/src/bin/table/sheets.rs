//! Tables as programs print them, read again.

/// A table of Markdown, under the heading that stands before it.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub title: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// What a cell says: a figure, and in brackets its ratio to the first line.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    pub plain: f64,
    pub ratio: Option<f64>,
}

/// Reads all tables of a text.
pub fn read(text: &str) -> Vec<Sheet> {
    let (mut sheets, mut title, mut is_open) = (Vec::<Sheet>::new(), String::new(), false);
    for line in text.lines() {
        if let Some(cells) = line.strip_prefix('|').and_then(|line| line.trim_end().strip_suffix('|')) {
            let cells: Vec<_> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
            match sheets.last_mut().filter(|_| is_open) {
                None => sheets.push(Sheet { title: title.clone(), head: cells, rows: Vec::new() }),
                Some(_) if cells.iter().all(|cell| cell.chars().all(|sign| "-: ".contains(sign))) => {}
                Some(sheet) => sheet.rows.push(cells),
            }
            is_open = true;
        } else {
            is_open = false;
            if let Some(heading) = line.strip_prefix('#') {
                heading.trim_start_matches('#').trim().clone_into(&mut title);
            }
        }
    }
    sheets
}

impl Sheet {
    /// Returns the number of a column by what stands at its head.
    pub fn column(&self, head: &str) -> Option<usize> {
        self.head.iter().position(|cell| cell == head)
    }

    /// Returns the figure in a line, by its name.
    pub fn figure(&self, line: &str, column: usize) -> Option<Figure> {
        figure(self.rows.iter().find(|row| row[0] == line)?.get(column)?)
    }
}

/// Reads a cell such as `1,024.5 (1.25)`.
fn figure(cell: &str) -> Option<Figure> {
    let (plain, ratio) = match cell.split_once(" (") {
        Some((plain, ratio)) => (plain, Some(ratio.strip_suffix(')')?.parse().ok()?)),
        None => (cell, None),
    };
    Some(Figure { plain: plain.replace(',', "").parse().ok()?, ratio })
}
