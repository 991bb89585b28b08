// python! names a module and a model.
aif::python!("tmaze");

fn main() {}
