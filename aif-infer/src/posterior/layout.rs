//! Where the coordinates and the numbers of each unit of a population lie.

use std::ops::Range;

use crate::population::{Design, PopulationMeta, coordinates, members};

/// The places of all units' coordinates and numbers: level after level from the top, unit after unit.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Names and supports.
    pub meta: &'static PopulationMeta,
    /// Who belongs to whom.
    pub design: Design,
    coordinate_starts: Vec<usize>,
    member_starts: Vec<usize>,
    /// For each level, and for all: how many coordinates and numbers of a path are above it.
    coordinate_offsets: Vec<usize>,
    offsets: Vec<usize>,
    /// Where each coordinate of each path of the lowest level lies in a position.
    paths: Vec<u32>,
}

impl Layout {
    /// The layout of a population's units.
    pub fn new(meta: &'static PopulationMeta, design: Design) -> Self {
        let (mut coordinate_starts, mut member_starts) = (vec![0], vec![0]);
        let mut sums = (0, 0);
        for (level, units) in meta.levels.iter().zip(&design.levels) {
            sums.0 += coordinates(level.parameters) * units.names.len();
            sums.1 += members(level.parameters) * units.names.len();
            coordinate_starts.push(sums.0);
            member_starts.push(sums.1);
        }
        let levels = 0..=meta.levels.len();
        let coordinate_offsets = levels.clone().map(|l| meta.coordinate_offset(l)).collect();
        let offsets = levels.map(|l| meta.offset(l)).collect();
        let mut layout =
            Layout { meta, design, coordinate_starts, member_starts, coordinate_offsets, offsets, paths: Vec::new() };
        let (leaf, mut positions) = (layout.levels() - 1, Vec::new());
        for unit in 0..layout.units(leaf) {
            layout.path_positions(leaf, unit, &mut positions);
            layout.paths.extend(positions.iter().map(|&at| at as u32));
        }
        layout
    }

    /// How many numbers of a path are above a level.
    pub fn offset(&self, level: usize) -> usize {
        self.offsets[level]
    }

    /// The same for coordinates.
    pub fn coordinate_offset(&self, level: usize) -> usize {
        self.coordinate_offsets[level]
    }

    /// Where each coordinate of the path of a unit of the lowest level lies in a position: those of the group first.
    pub fn path(&self, leaf: usize) -> &[u32] {
        let width = self.path_dimension(self.levels() - 1);
        &self.paths[leaf * width..][..width]
    }

    /// The number of coordinates of all units.
    pub fn dimension(&self) -> usize {
        self.coordinate_starts.last().copied().unwrap_or(0)
    }

    /// The number of numbers, drawn and derived, of all units.
    pub fn members(&self) -> usize {
        self.member_starts.last().copied().unwrap_or(0)
    }

    /// The number of levels.
    pub fn levels(&self) -> usize {
        self.design.levels.len()
    }

    /// The number of units of a level.
    pub fn units(&self, level: usize) -> usize {
        self.design.levels[level].names.len()
    }

    /// Where a unit's coordinates lie in a position.
    pub fn coordinates_of(&self, level: usize, unit: usize) -> Range<usize> {
        let size = self.coordinate_offsets[level + 1] - self.coordinate_offsets[level];
        let start = self.coordinate_starts[level] + unit * size;
        start..start + size
    }

    /// Where a unit's numbers lie in the list of all.
    pub fn members_of(&self, level: usize, unit: usize) -> Range<usize> {
        let size = self.offsets[level + 1] - self.offsets[level];
        let start = self.member_starts[level] + unit * size;
        start..start + size
    }

    /// Calls `f` with each level and the unit there that a unit belongs to, from itself up to the group.
    pub fn upwards(&self, level: usize, unit: usize, mut f: impl FnMut(usize, usize)) {
        let mut at = unit;
        for l in (0..=level).rev() {
            f(l, at);
            at = self.design.levels[l].parents[at];
        }
    }

    /// How many coordinates a unit and all above it have.
    pub fn path_dimension(&self, level: usize) -> usize {
        self.coordinate_offsets[level + 1]
    }

    /// Where each coordinate of a unit's path lies in a position: those of the group first.
    pub fn path_positions(&self, level: usize, unit: usize, positions: &mut Vec<usize>) {
        positions.clear();
        positions.resize(self.path_dimension(level), 0);
        self.upwards(level, unit, |l, u| {
            let start = self.coordinate_offset(l);
            for (i, at) in self.coordinates_of(l, u).enumerate() {
                positions[start + i] = at;
            }
        });
    }

    /// The numbers of a unit and of all above it, gathered from the list of all.
    pub fn gather(&self, level: usize, unit: usize, all: &[f64]) -> Vec<f64> {
        let mut values = vec![f64::NAN; self.offset(level + 1)];
        self.upwards(level, unit, |l, u| {
            let range = self.members_of(l, u);
            let start = self.offset(l);
            values[start..start + range.len()].copy_from_slice(&all[range]);
        });
        values
    }

    /// The numbers of all units: from the top, `draw` writes those of each unit of a level behind those above it, given its covariates.
    pub(crate) fn fill<E>(&self, mut draw: impl FnMut(usize, usize, &mut [f64], &[f64]) -> Result<(), E>) -> Result<Vec<f64>, E> {
        let mut all = vec![f64::NAN; self.members()];
        for level in 0..self.levels() {
            for unit in 0..self.units(level) {
                let mut values = self.gather(level, unit, &all);
                draw(level, unit, &mut values, self.design.covariates_of(level, unit))?;
                all[self.members_of(level, unit)].copy_from_slice(&values[self.offset(level)..]);
            }
        }
        Ok(all)
    }
}
