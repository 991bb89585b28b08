//! What the cells of a column stand for, as it is said for one study: `-1:Loss,1:Win`.

use std::str::FromStr;

/// What the cells of a column stand for. Equal numbers are one cell however they are written; `+` and `-` are all numbers above and below 0
/// that are not named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueMap(pub Vec<(String, String)>);

impl ValueMap {
    /// What a cell stands for, if it is named; `number` is the number that it is.
    pub(super) fn get(&self, cell: &str, number: Option<f64>) -> Option<&str> {
        let by = |same: &dyn Fn(&str) -> bool| self.0.iter().find(|(from, _)| same(from)).map(|(_, to)| to.as_str());
        let equal = |from: &str| number.is_some() && from.parse::<f64>().ok() == number;
        let sign = match number {
            Some(x) if x > 0.0 => "+",
            Some(x) if x < 0.0 => "-",
            _ => "",
        };
        by(&|from| from == cell).or_else(|| by(&equal)).or_else(|| by(&|from| !sign.is_empty() && from == sign))
    }
}

impl FromStr for ValueMap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for part in text.split(',') {
            let pair = part.rsplit_once(':').map(|(from, to)| (from.trim(), to.trim()));
            let Some((from, to)) = pair.filter(|(from, to)| !from.is_empty() && !to.is_empty()) else {
                return Err(format!("`{part}`: expected CELL:LABEL,CELL:LABEL,.. (NA for a cell that is missing)"));
            };
            let number = |text: &str| text.parse::<f64>().ok();
            if pairs.iter().any(|(known, _)| known == from || (number(known).is_some() && number(known) == number(from))) {
                return Err(format!("`{from}` is given twice"));
            }
            pairs.push((from.to_owned(), to.to_owned()));
        }
        Ok(ValueMap(pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_by_text_number_and_sign() {
        let map: ValueMap = "-1:Loss, 1:Win,a:b:Nothing,+:Much,-:Little".parse().unwrap();
        assert_eq!(map.get("-1", Some(-1.0)), Some("Loss"));
        assert_eq!(map.get("1.0", Some(1.0)), Some("Win"));
        assert_eq!(map.get("a:b", None), Some("Nothing"));
        assert_eq!(map.get("50", Some(50.0)), Some("Much"));
        assert_eq!(map.get("-50", Some(-50.0)), Some("Little"));
        assert_eq!((map.get("0", Some(0.0)), map.get("x", None)), (None, None));
        for wrong in ["", "1", "1:", ":Win", "1:Win,1.0:Loss", "1:Win,"] {
            assert!(wrong.parse::<ValueMap>().is_err(), "{wrong}");
        }
    }
}
