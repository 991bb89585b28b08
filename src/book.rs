//! Programs of pages that are no module's documentation: compiled, and run where they can be, with the tests of the documentation.
//! Most of these become one program, so that a page more costs little.

#[doc = include_str!("../docs/declaring.md")]
struct Declaring;

#[doc = include_str!("../docs/game-recipes.md")]
struct GameRecipes;

#[doc = include_str!("../docs/worlds.md")]
struct Worlds;

#[doc = include_str!("../docs/learning.md")]
struct Learning;

#[doc = include_str!("../docs/levels.md")]
struct Levels;

#[doc = include_str!("../docs/populations.md")]
struct Populations;

#[doc = include_str!("../docs/coming-from-pyhgf.md")]
struct FromPyhgf;

#[doc = include_str!("../docs/coming-from-hbayesdm.md")]
struct FromHBayesDm;

#[doc = include_str!("../docs/coming-from-rxinfer.md")]
struct FromRxInfer;
