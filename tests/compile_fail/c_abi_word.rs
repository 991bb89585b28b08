// Only `parameters(..)` may follow the model.
aif::c_abi!(tmaze = aif::worlds::TMaze<f64>, fields(preference));

fn main() {}
