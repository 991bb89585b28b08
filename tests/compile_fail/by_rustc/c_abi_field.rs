// A parameter is a field of the model.
aif::c_abi!(tmaze = aif::worlds::TMaze<f64>, parameters(reward));

fn main() {}
