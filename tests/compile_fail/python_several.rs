// Several modules stand in one.
aif::python!(tmaze = aif::worlds::TMaze; grid = aif::worlds::TMaze);

fn main() {}
