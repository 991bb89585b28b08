aif::import!("tiger.pomdp");
aif::import!(Tiger);
aif::import!("tiger.pomdp" as tiger);
aif::import!("tiger.pomdp" as Tiger, temprature = 2.0);
aif::import!("tiger.pomdp" as Tiger, temperature = 0.0);
aif::import!("tiger.pomdp" as Tiger, horizon = 1.5);

fn main() {}
