aif::import!("import_mistakes.pomdp" as Tiger);

fn main() {}
