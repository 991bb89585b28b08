aif::import!("import_ending.rs" as Tiger);

fn main() {}
