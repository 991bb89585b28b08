// The name of C functions is written in small letters.
aif::c_abi!(TMaze = aif::worlds::TMaze<f64>);

fn main() {}
