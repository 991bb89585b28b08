//! Flocks: very many agents of one model that do not learn, over tables that are stored once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
#[cfg(not(target_family = "wasm"))]
use std::time::Instant;

use aif_runtime::random::Rng;
use aif_runtime::{Agent, GenerativeModel, Mind, ModelError, Real};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::random::stream;

/// A mind with its chance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeededMind<B, R = ChaCha8Rng, T = f64> {
    /// What is believed.
    pub mind: Mind<B, T>,
    /// Where chance comes from.
    pub rng: R,
}

/// Very many agents of one model that do not learn: tables, options and planner are stored once, each has a belief and a generator.
///
/// What happens to one depends on its own observations and generator, not on the number of threads or of others. Work is shared out over the
/// threads of the pool that it is called in (rayon's global one by default).
#[derive(Clone, Debug)]
pub struct Agents<M: GenerativeModel<T>, T: Real = f64, R = ChaCha8Rng> {
    agent: Agent<M, T>,
    birds: Vec<SeededMind<M::Belief, R, T>>,
    /// Agents like it that have lived for others, with what they remember.
    idle: Vec<Agent<M, T>>,
    times: FrameTimes,
}

/// An agent that is given back when it is done with, unless it is set up otherwise by then.
struct Lent<'a, M: GenerativeModel<T>, T: Real> {
    agent: Option<Agent<M, T>>,
    idle: &'a Mutex<Vec<Agent<M, T>>>,
}

impl<'a, M: GenerativeModel<T>, T: Real> Lent<'a, M, T> {
    fn new(agent: &Agent<M, T>, idle: &'a Mutex<Vec<Agent<M, T>>>) -> Self {
        let known = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent { agent: Some(known.unwrap_or_else(|| agent.clone())), idle }
    }
}

impl<M: GenerativeModel<T>, T: Real> Drop for Lent<'_, M, T> {
    fn drop(&mut self) {
        if let Some(agent) = self.agent.take().filter(|agent| !agent.is_changed()) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(agent);
        }
    }
}

/// How long the frames of a flock took, by the clock: each call of [`Agents::each`] or [`Agents::step`] is one. WebAssembly has no clock: none there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameTimes {
    /// How many there were.
    pub frames: u32,
    /// The first.
    pub first: Duration,
    /// The longest, the first included.
    pub worst: Duration,
    /// All together.
    pub total: Duration,
}

impl FrameTimes {
    /// How long one took on average; nothing before the first.
    pub fn mean(&self) -> Duration {
        self.total.checked_div(self.frames).unwrap_or_default()
    }

    fn add(&mut self, time: Duration) {
        if self.frames == 0 {
            self.first = time;
        }
        self.frames = self.frames.saturating_add(1);
        self.worst = self.worst.max(time);
        self.total = self.total.saturating_add(time);
    }
}

impl<M: GenerativeModel<T>, T: Real> Agents<M, T> {
    /// A flock of `count`, like `agent` but at the initial state of its model; each draws from a stream of its own of the seed.
    ///
    /// # Errors
    /// When agents like it carry more than beliefs; see [`Agent::newborn`].
    pub fn new(agent: Agent<M, T>, count: usize, seed: u64) -> Result<Self, ModelError> {
        Agents::with_generators(agent, (0..count).map(|place| stream(seed, place as u64)))
    }
}

impl<M: GenerativeModel<T>, T: Real, R: Rng + Send> Agents<M, T, R> {
    /// Bytes of each member: its belief and its generator. All else is stored once, but joint distributions of who perceives exactly over several
    /// factors, on the heap.
    pub const BYTES: usize = size_of::<SeededMind<M::Belief, R, T>>();

    /// A flock with generators of one's own, as many as members.
    ///
    /// # Errors
    /// As [`Agents::new`].
    pub fn with_generators(agent: Agent<M, T>, generators: impl IntoIterator<Item = R>) -> Result<Self, ModelError> {
        let mind = agent.newborn()?;
        let birds = generators.into_iter().map(|rng| SeededMind { mind: mind.clone(), rng }).collect();
        Ok(Agents::of(agent, birds))
    }

    pub(crate) fn of(agent: Agent<M, T>, birds: Vec<SeededMind<M::Belief, R, T>>) -> Self {
        Agents { agent, birds, idle: Vec::new(), times: FrameTimes::default() }
    }

    /// The agent that all of them are like.
    pub fn agent(&self) -> &Agent<M, T> {
        &self.agent
    }

    /// How long its frames took so far.
    pub fn times(&self) -> &FrameTimes {
        &self.times
    }

    /// Counts frames anew: the next one is the first.
    pub fn forget_times(&mut self) {
        self.times = FrameTimes::default();
    }

    /// What each of them believes, with its generator.
    pub fn birds(&self) -> &[SeededMind<M::Belief, R, T>] {
        &self.birds
    }

    /// The same, to be changed: restarted, saved and loaded, more or fewer of them.
    pub fn birds_mut(&mut self) -> &mut Vec<SeededMind<M::Belief, R, T>> {
        &mut self.birds
    }

    /// Lets each of them do something as the agent, in parallel, with `with[place]` for its own; what came of it goes into `results`, in order.
    /// What is missing at the end of `with` or `results` is not done.
    ///
    /// [`Agent::as_mind`] says what a mind keeps. Preferences, precisions and goals that are set for one have to be set for all, or they would be
    /// those of the next one, too.
    pub fn each<W: Sync, D: Send>(
        &mut self,
        with: &[W],
        results: &mut [D],
        act: impl Fn(&mut Agent<M, T>, &W, &mut R) -> D + Sync,
    ) {
        #[cfg(not(target_family = "wasm"))]
        let start = Instant::now();
        let (agent, idle) = (&self.agent, Mutex::new(std::mem::take(&mut self.idle)));
        let all = self.birds.par_iter_mut().zip(with).zip(results);
        all.with_min_len(16).for_each_init(
            || Lent::new(agent, &idle),
            |lent, ((bird, with), result)| {
                let rng = &mut bird.rng;
                let Some(agent) = &mut lent.agent else { unreachable!("an agent is lent until it is given back") };
                *result = agent.as_mind(&mut bird.mind, |agent| act(agent, with, rng));
            },
        );
        self.idle = idle.into_inner().unwrap_or_else(PoisonError::into_inner);
        #[cfg(not(target_family = "wasm"))]
        self.times.add(start.elapsed());
    }

    /// A whole step of each: what it observes, and what it does then.
    pub fn step<W: Sync + Copy + Into<M::Evidence>>(&mut self, observed: &[W], actions: &mut [M::Action])
    where
        M::Action: Send,
    {
        self.each(observed, actions, |agent, &observed, rng| agent.step(observed, rng));
    }
}
