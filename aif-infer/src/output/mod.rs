//! Files out: whole or not at all, and never over what is there unless that is asked for.

mod file;
mod folder;
mod manifest;
mod partial;
mod table;

pub use crate::seal::Digest;
pub use file::{check_file, write_each, write_out, write_whole};
pub use folder::{Content, NewFolder, Writing, whole, written};
pub use manifest::{MANIFEST, Manifest};
pub use table::{put_rows, write_rows};

pub(crate) use partial::{Held, make_parents, plain_name, remove_parents, sync_above};
pub(crate) use table::cells;
