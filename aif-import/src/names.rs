//! Names of a file as identifiers of Rust, by one rule.
//!
//! A name is cut into words at everything that is no letter or digit, and where a capital follows a small letter. Types and values are words with capitals
//! (`tiger-left` is `TigerLeft`), factors, modalities and actions words in small letters with `_` between them. A minus before a digit is the word
//! `minus`, a point between digits the word `point`; what begins with a digit gets an `N` or `n` before it. What is a word of Rust's, or of the
//! library's where it would hide it, gets `Value` or `_value` after it.

/// Words of Rust that are no identifiers, in small letters.
const KEYWORDS: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut",
    "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// Columns that every table of data has, so that nothing else can be called so.
const COLUMNS: [&str; 5] = ["subject", "session", "block", "step", "scored"];

/// Types that a declaration names.
const TYPES: [&str; 12] =
    ["Domain", "Dist", "Dirichlet", "Values", "Index", "Sparse", "Policies", "Pairs", "Self", "T", "Other", "AgentOptions"];

/// The words of a name.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = name.chars().collect();
    let mut open = false;
    for (i, &c) in chars.iter().enumerate() {
        let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
        let before = i.checked_sub(1);
        if c.is_ascii_alphanumeric() || (c.is_alphanumeric() && c.is_alphabetic()) {
            let small = before.is_some_and(|b| chars[b].is_lowercase());
            if !open || (c.is_uppercase() && small) {
                words.push(String::new());
            }
            open = true;
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
            continue;
        }
        open = false;
        match c {
            '-' | '−' if digit(Some(i + 1)) && !before.is_some_and(|b| chars[b].is_alphanumeric()) => {
                words.push("minus".into())
            }
            '.' if digit(before) && digit(Some(i + 1)) => words.push("point".into()),
            '+' if digit(Some(i + 1)) => words.push("plus".into()),
            _ => {}
        }
    }
    words
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// `tiger-left` is `TigerLeft`; a name without a letter or digit is `Value`.
pub fn camel(name: &str) -> String {
    let text: String = words(name).iter().map(|word| capital(word)).collect();
    match text.chars().next() {
        None => "Value".into(),
        Some(c) if c.is_ascii_digit() => format!("N{text}"),
        _ if text == "Self" => "SelfValue".into(),
        _ => text,
    }
}

/// The type of the values of a factor, a modality or an action of `model`.
pub fn type_of(name: &str, model: &str) -> String {
    const GENERATED: [&str; 8] = ["State", "Observation", "Action", "Inputs", "Belief", "Outcomes", "Preferences", "Evidence"];
    let own = camel(name);
    let generated = GENERATED.iter().any(|what| own == format!("{model}{what}"));
    if generated || own == model || TYPES.contains(&own.as_str()) { format!("{own}Value") } else { own }
}

/// `Tiger left` is `tiger_left`; a name without a letter or digit is `value`.
pub fn snake(name: &str) -> String {
    let text = words(name).join("_");
    match text.chars().next() {
        None => "value".into(),
        Some(c) if c.is_ascii_digit() => format!("n{text}"),
        _ if KEYWORDS.contains(&text.as_str()) || COLUMNS.contains(&text.as_str()) => format!("{text}_value"),
        _ => text,
    }
}

/// `STATE`.
pub fn upper(name: &str) -> String {
    snake(name).to_uppercase()
}

/// Whether this is an identifier of a type.
pub fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name != "Self"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers_by_one_rule() {
        for (name, of_type, of_field) in [
            ("tiger-left", "TigerLeft", "tiger_left"),
            ("s_loc", "SLoc", "s_loc"),
            ("goHome", "GoHome", "go_home"),
            ("-100", "Minus100", "minus_100"),
            ("0.5", "N0Point5", "n0_point_5"),
            ("north/east", "NorthEast", "north_east"),
            ("type", "Type", "type_value"),
            ("step", "Step", "step_value"),
            ("*", "Value", "value"),
            ("self", "SelfValue", "self_value"),
            ("π", "Π", "π"),
        ] {
            assert_eq!((camel(name).as_str(), snake(name).as_str()), (of_type, of_field), "{name}");
        }
        assert_eq!(
            (type_of("state", "Tiger"), type_of("dist", "Tiger"), type_of("tiger", "Tiger")),
            ("State".into(), "DistValue".into(), "TigerValue".into())
        );
        assert_eq!(type_of("tiger_state", "Tiger"), "TigerStateValue");
    }
}
