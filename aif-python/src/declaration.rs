//! A declared model and its population, without their types.

use std::sync::Arc;

use aif_infer::study::{Study, StudyBehaviour, study};
use aif_infer::{FamilyOf, Population};
use aif_runtime::Declared;

use crate::family::{Erased, Family};
use crate::model::Parameter;

/// A population that the study program knows: every declared one.
pub trait StudiedBy: Population {
    /// Its study program.
    fn studied() -> Study;
}

impl<P> StudiedBy for P
where
    P: Population,
    FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
{
    fn studied() -> Study {
        study::<P>()
    }
}

/// What a module is made from: a declared model, its population, or both.
pub struct Declaration {
    /// The module's name.
    pub(crate) name: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) model: Option<Erased>,
    /// A field that the population works out for each subject, and that is no number: Python could not give it.
    pub(crate) worked_out: Option<&'static str>,
    /// The population's name and its study program.
    pub(crate) population: Option<(&'static str, Arc<Study>)>,
}

impl Declaration {
    /// Of a declared type, made of its parameters.
    pub fn of_model<M, B>(name: &'static str, parameters: &[(&'static str, Option<f64>)], build: B) -> Self
    where
        M: Declared<f64, Family: Family<M>>,
        B: Fn(&[f64]) -> M + Send + Sync + 'static,
    {
        let parameters = parameters.iter().map(|&(name, default)| Parameter { name, default }).collect();
        let model = Some(<M::Family as Family<M>>::kind(Box::new(build)).0);
        Declaration { name, parameters, model, worked_out: None, population: None }
    }

    /// Of a population, whatever its subjects are.
    pub fn of_population<P: StudiedBy>(name: &'static str) -> Self {
        let population = Some((P::META.name, Arc::new(P::studied())));
        Declaration { name, parameters: Vec::new(), model: None, worked_out: None, population }
    }

    /// Of a population and the model that its subjects act under, made of its parameters.
    pub fn of_fitted<P>(
        name: &'static str,
        parameters: &[(&'static str, Option<f64>)],
        build: impl Fn(&[f64]) -> P::Model<f64> + Send + Sync + 'static,
    ) -> Self
    where
        P: StudiedBy,
        FamilyOf<P, f64>: Family<P::Model<f64>>,
    {
        Declaration { population: Self::of_population::<P>(name).population, ..Self::of_model(name, parameters, build) }
    }

    /// Of a population and the model that its subjects act under, whose parameters are the fields that the population names, as far as
    /// they are numbers; what else it has is the same for all, or the module is refused when it is filled. `_same` says that the model is
    /// the one that is meant.
    pub fn of_both<P>(name: &'static str, _same: fn(P::Model<f64>)) -> Self
    where
        P: StudiedBy<Model<f64>: Send + Sync + 'static>,
        FamilyOf<P, f64>: Family<P::Model<f64>>,
    {
        let (values, covariates) =
            (vec![f64::NAN; P::META.offset(P::META.levels.len())], vec![f64::NAN; P::META.covariates.len()]);
        let (declared, _) = P::agent(&values, &covariates);
        let is_number = |name: &&&'static str| P::set_field(&mut { declared }, name, 0.0).is_ok();
        let fields: Vec<&'static str> = P::FIELDS.iter().filter(is_number).copied().collect();
        let parameters: Vec<_> = fields.iter().map(|name| (*name, None)).collect();
        let worked_out = P::WORKED_OUT.iter().find(|name| !fields.contains(name)).copied();
        let build = move |given: &[f64]| {
            let mut model = declared;
            for (name, value) in fields.iter().zip(given) {
                // Those that are no numbers are not among them.
                let _ = P::set_field(&mut model, name, *value);
            }
            model
        };
        Declaration { worked_out, ..Self::of_fitted::<P>(name, &parameters, build) }
    }
}
