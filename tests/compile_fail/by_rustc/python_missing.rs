// Without the feature there is no Python.
aif::python!(tmaze = aif::worlds::TMaze, parameters(preference = 1.0, ..Default::default()));

fn main() {}
