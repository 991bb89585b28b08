//! What the tests share: files beside them, and files that are written in them.
#![allow(dead_code)]

use std::path::PathBuf;

use aif_import::{Format, Mistakes, Model, Options, parse, read};

pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

/// The model of a file beside the tests.
pub fn model(name: &str) -> Model {
    read(&path(name), &Options::default()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

pub fn written(format: Format, text: &str) -> Result<Model, Mistakes> {
    parse(format, "file", text.as_bytes(), &Options::default())
}

/// Every file is refused at a line that is said, with words that are expected.
pub fn refused(format: Format, cases: &[(&str, usize, &str)]) {
    for (text, line, said) in cases {
        let mistakes = match written(format, text) {
            Ok(_) => panic!("this is read:\n{text}"),
            Err(mistakes) => mistakes,
        };
        let found = mistakes.all.iter().any(|mistake| mistake.line == *line && mistake.text.contains(said));
        assert!(found, "expected line {line}: {said}\nfound {mistakes}\nin\n{text}");
        // What is wrong, where, and what would be right.
        assert!(mistakes.to_string().starts_with("file:"), "{mistakes}");
    }
}
