//! Lists, broken into lines.

/// How wide lines are.
const WIDTH: usize = 120;

/// `[a, b, ..]`, on one line or on several, which begin `indent` further in.
pub fn listed(entries: &[String], indent: usize) -> String {
    let whole: usize = entries.iter().map(|entry| entry.len() + 2).sum();
    if whole + indent < WIDTH {
        return format!("[{}]", entries.join(", "));
    }
    let inner = " ".repeat(indent + 4);
    let mut text = String::from("[\n");
    let mut width = 0;
    for entry in entries {
        if width > 0 && width + entry.len() + 2 > WIDTH {
            text.push('\n');
            width = 0;
        }
        if width == 0 {
            text.push_str(&inner);
            width = inner.len();
        } else {
            text.push(' ');
            width += 1;
        }
        text.push_str(entry);
        text.push(',');
        width += entry.len() + 1;
    }
    text.push_str(&format!("\n{}]", " ".repeat(indent)));
    text
}

/// Options of an attribute.
pub fn wrapped(options: &[String], indent: usize) -> String {
    let whole = options.join(", ");
    if whole.len() + indent + 24 < WIDTH {
        return whole;
    }
    let inner = " ".repeat(indent + 4);
    let lines: Vec<String> = options.iter().map(|option| format!("\n{inner}{option}")).collect();
    format!("{}\n{}", lines.join(","), " ".repeat(indent))
}
