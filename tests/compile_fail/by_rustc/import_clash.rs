aif::import!("import_clash.pomdp" as Clash);

fn main() {}
