// Only `parameters(..)` and `fit = ..` may follow the model.
aif::python!(tmaze = aif::worlds::TMaze, parameter(preference));

fn main() {}
