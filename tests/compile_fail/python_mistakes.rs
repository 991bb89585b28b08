// All that is wrong with modules is said at once.
aif::python!(Minds {
    tmaze = aif::worlds::TMaze, parameters(preference, preference: 1.0, seed, steps);
    tmaze = aif::worlds::TMaze;
    lambda;
    observers, parameters(preference), fit = Observers;
});

fn main() {}
