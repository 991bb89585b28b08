#[cfg(feature = "window")]
fn main() {
    use bevy::prelude::*;
    let _ = App::new().add_plugins(DefaultPlugins);
}
#[cfg(not(feature = "window"))]
fn main() {}
