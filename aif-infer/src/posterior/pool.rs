//! Working memory that is used again from one evaluation to the next, by whichever thread needs some.

use std::ops::{Deref, DerefMut};
use std::sync::Mutex;

/// Idle pieces of working memory.
pub(super) struct Pool<W>(Mutex<Vec<W>>);

impl<W> Default for Pool<W> {
    fn default() -> Self {
        Pool(Mutex::new(Vec::new()))
    }
}

/// A piece of working memory in use; goes back to its pool when dropped.
pub(super) struct Lease<'a, W: Default> {
    pool: &'a Pool<W>,
    piece: W,
}

impl<W: Default> Pool<W> {
    pub fn lease(&self) -> Lease<'_, W> {
        let idle = self.0.lock().ok().and_then(|mut idle| idle.pop());
        Lease { pool: self, piece: idle.unwrap_or_default() }
    }
}

impl<W: Default> Deref for Lease<'_, W> {
    type Target = W;
    fn deref(&self) -> &W {
        &self.piece
    }
}

impl<W: Default> DerefMut for Lease<'_, W> {
    fn deref_mut(&mut self) -> &mut W {
        &mut self.piece
    }
}

impl<W: Default> Drop for Lease<'_, W> {
    fn drop(&mut self) {
        if let Ok(mut idle) = self.pool.0.lock() {
            idle.push(std::mem::take(&mut self.piece));
        }
    }
}
