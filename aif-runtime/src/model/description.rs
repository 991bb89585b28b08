//! A declaration in lines, to tell whether two are one.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Meta;
use crate::labels::Labels;

impl Meta {
    /// The declaration in lines: the model, then each action, input, factor and modality with its values and what it depends on.
    pub fn description(&self) -> Vec<String> {
        let mut lines = Vec::from([format!("model {}", self.name)]);
        lines.extend(self.actions.iter().map(|a| format!("action {}: {}", a.name, values(&a.values))));
        for input in self.inputs {
            let values = input.values.as_ref().map_or("a number".into(), values);
            lines.push(format!("input {}: {values}", input.name));
        }
        let factors = |places: &[usize]| names(places, |f| self.factors[f].name);
        for factor in self.factors {
            let (parents, actions) = (factors(factor.parents), names(factor.actions, |a| self.actions[a].name));
            let kept = if factor.kept { ", kept between blocks" } else { "" };
            lines.push(format!(
                "factor {}: {}; {:?}, after {parents}, under {actions}{kept}",
                factor.name,
                values(&factor.states),
                factor.kind
            ));
        }
        for modality in self.modalities {
            let (outcomes, parents) = (values(&modality.outcomes), factors(modality.parents));
            lines.push(format!("modality {}: {outcomes}; {:?}, of {parents}", modality.name, modality.kind));
        }
        lines.extend(self.responses.iter().map(|own| {
            let kind = own.kind.words(own.time);
            format!("response {}: {kind}{}", own.name, if own.action { ", the action" } else { "" })
        }));
        lines
    }

    /// The first line in which a stored description differs from this declaration's, in words; nothing where they are one.
    pub fn first_difference(&self, stored: &[String]) -> Option<String> {
        let own = self.description();
        for (own, stored) in own.iter().zip(stored) {
            if own != stored {
                return Some(format!("it has `{stored}` where {} has `{own}`", self.name));
            }
        }
        match (stored.get(own.len()), own.get(stored.len())) {
            (Some(more), _) => Some(format!("it has `{more}`, which {} has not", self.name)),
            (None, Some(more)) => Some(format!("it has no `{more}`, which {} has", self.name)),
            (None, None) => None,
        }
    }
}

/// The labels of few values, the number of many.
fn values(labels: &Labels) -> String {
    const FEW: usize = 32;
    if labels.count > FEW {
        let last = labels.label(labels.count - 1);
        // Fowler, Noll and Vo's hash (1a), over all labels.
        let bytes = labels.all().flat_map(|label| label.bytes().chain([0]).collect::<Vec<_>>());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        return format!("{} values, {} to {last} ({hash:016x})", labels.count, labels.label(0));
    }
    labels.all().collect::<Vec<_>>().join(", ")
}

fn names(places: &[usize], name: impl Fn(usize) -> &'static str) -> String {
    if places.is_empty() {
        return "nothing".into();
    }
    places.iter().map(|&i| name(i)).collect::<Vec<_>>().join(", ")
}
