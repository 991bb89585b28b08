//! The study program.
