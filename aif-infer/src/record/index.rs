//! Equal things are kept once: where in a list something stands that may be there already, at a few bytes for each.

/// The places of a list by what stands there. The list itself is with whoever asks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// Places, where their hash sends them or soon after; `NONE` elsewhere. As many as a power of two.
    slots: Vec<u32>,
    count: usize,
}

const NONE: u32 = u32::MAX;

/// Spreads the bits of a key.
pub(crate) fn spread(key: u64) -> u64 {
    let x = (key ^ (key >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^ (x >> 29)
}

impl Index {
    /// The place of something with a hash, where `same` says that it stands; else `None`, and it is taken to be put at `next`. `hash_of`
    /// gives the hash of what stands at a place.
    pub fn find_or_add(&mut self, hash: u64, next: u32, same: impl Fn(u32) -> bool, hash_of: impl Fn(u32) -> u64) -> Option<u32> {
        if (self.count + 1) * 5 > self.slots.len() * 4 {
            let larger = vec![NONE; (self.slots.len() * 2).max(16)];
            let before = std::mem::replace(&mut self.slots, larger);
            for place in before.into_iter().filter(|&place| place != NONE) {
                let free = self.free(hash_of(place), |_| false).1;
                self.slots[free] = place;
            }
        }
        let (found, free) = self.free(hash, same);
        if found.is_none() {
            self.slots[free] = next;
            self.count += 1;
        }
        found
    }

    /// Where a hash leads: to a place that is the same, or to a slot that is free.
    fn free(&self, hash: u64, same: impl Fn(u32) -> bool) -> (Option<u32>, usize) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.slots[at] {
                NONE => return (None, at),
                place if same(place) => return (Some(place), at),
                _ => at = (at + 1) & mask,
            }
        }
    }
}

/// Makes room for so many elements more, of a list that grows by an eighth: a long one has little to spare.
pub(crate) fn room<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() - list.len() < more {
        list.reserve_exact(more.max(list.len() / 8).max(8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_have_one_place() {
        let (mut index, mut list) = (Index::default(), Vec::<u64>::new());
        for i in 0..10_000u64 {
            let thing = i * i % 1000;
            let found = index.find_or_add(
                spread(thing),
                list.len() as u32,
                |at| list[at as usize] == thing,
                |at| spread(list[at as usize]),
            );
            match found {
                Some(at) => assert_eq!(list[at as usize], thing),
                None => list.push(thing),
            }
        }
        let mut sorted = list.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), list.len());
    }
}
