aif::import!("nowhere.pomdp" as Tiger);

fn main() {}
