//! A conditional distribution as the body of a method: a `match` where its columns are few, a constant table where they are many.

use std::collections::HashMap;

use super::text::listed;
use crate::model::Table;
use crate::numbers::literal;

/// The most columns that stand in a `match`.
const MATCHED: usize = 32;

/// Below this share of numbers that are not zero, and above so many entries, zeros are left out.
const SPARSE: (f64, usize) = (0.25, 4096);

/// What a method depends on.
pub struct Argument<'a> {
    pub name: &'a str,
    pub ty: &'a str,
    pub variants: Option<&'a [String]>,
    pub count: usize,
}

/// A method.
pub struct Conditional<'a> {
    /// In capitals, for constants.
    pub name: &'a str,
    pub table: &'a Table,
    pub counts: Option<&'a Table>,
    pub returned: &'a str,
    /// Whether it is a factor, which may be stored without its zeros.
    pub factor: bool,
    pub variants: Option<&'a [String]>,
    /// In the order in which the columns go, the last running fastest.
    pub arguments: Vec<Argument<'a>>,
}

impl Conditional<'_> {
    /// What it returns, and its body; constants go to where constants are.
    pub fn write(&self, constants: &mut String) -> (String, String) {
        let named = self.variants.is_some() && self.arguments.iter().all(|argument| argument.variants.is_some());
        let few = self.table.columns.len() <= MATCHED && self.counts.is_none() && named;
        let ty = self.returned;
        if let (Some(map), None) = (self.table.map(), self.counts) {
            if self.is_identity(&map) {
                return (ty.into(), format!("            {}\n", self.arguments[0].name));
            }
            if few {
                let value = |i: &u32| format!("{ty}::{}", self.variants.map_or("", |v| &v[*i as usize]));
                return (ty.into(), self.matched(&map.iter().map(value).collect::<Vec<_>>()));
            }
            let entries: Vec<String> = map.iter().map(u32::to_string).collect();
            self.constant(&format!("TABLE_{}: [u16; {}]", self.name, map.len()), &entries, constants);
            return (ty.into(), format!("            value(TABLE_{}[{}])\n", self.name, self.place()));
        }
        if let Some(counts) = self.counts {
            self.dense("COUNTS", counts, constants);
            self.dense("TABLE", self.table, constants);
            let place = self.place();
            let body = format!(
                "            let at = {place};\n            Dirichlet::from(COUNTS_{0}[at]).acting_as(TABLE_{0}[at])\n",
                self.name
            );
            return (format!("Dirichlet<{ty}>"), body);
        }
        let returns = format!("Dist<{ty}>");
        if few && self.table.outcomes <= 16 {
            let columns: Vec<String> = (0..self.table.columns.len()).map(|c| self.written(c)).collect();
            return (returns, self.matched(&columns));
        }
        let all = self.table.columns.len() * self.table.outcomes;
        if all > SPARSE.1 && (self.table.stored() as f64) < SPARSE.0 * all as f64 {
            return self.sparse(constants);
        }
        self.dense("TABLE", self.table, constants);
        (returns, format!("            TABLE_{}[{}].into()\n", self.name, self.place()))
    }

    /// One column as an expression.
    fn written(&self, column: usize) -> String {
        let dense = self.table.dense(column);
        if let ([(only, 1.0)], Some(variants)) = (self.table.columns[column].as_slice(), self.variants) {
            return format!("{}::{}.into()", self.returned, variants[*only as usize]);
        }
        if dense.iter().all(|p| *p == 1.0 / dense.len() as f64) {
            return "uniform().into()".into();
        }
        format!("dist![{}]", dense.iter().map(|p| literal(*p)).collect::<Vec<_>>().join(", "))
    }

    /// Whether the only argument is what is returned.
    fn is_identity(&self, map: &[u32]) -> bool {
        self.arguments.len() == 1
            && self.arguments[0].ty == self.returned
            && map.iter().enumerate().all(|(i, o)| i == *o as usize)
    }

    /// `match` over the arguments, those with equal columns together.
    fn matched(&self, columns: &[String]) -> String {
        let mut order: Vec<&String> = Vec::new();
        let mut places: HashMap<&String, Vec<usize>> = HashMap::new();
        for (i, column) in columns.iter().enumerate() {
            let of = places.entry(column).or_default();
            if of.is_empty() {
                order.push(column);
            }
            of.push(i);
        }
        if let [only] = order[..] {
            let ignored: Vec<String> = self.arguments.iter().map(|a| a.name.to_owned()).collect();
            let ignore = match ignored.as_slice() {
                [] => String::new(),
                [one] => format!("            let _ = {one};\n"),
                all => format!("            let _ = ({});\n", all.join(", ")),
            };
            return format!("{ignore}            {only}\n");
        }
        // The one that stands most often, and more than once, is what is left.
        let most = order.iter().map(|column| places[*column].len()).max().unwrap_or(1);
        let rest = if most > 1 { order.iter().position(|column| places[*column].len() == most) } else { None };
        let subject: Vec<&str> = self.arguments.iter().map(|a| a.name).collect();
        let mut text = match subject.as_slice() {
            [one] => format!("            match {one} {{\n"),
            all => format!("            match ({}) {{\n", all.join(", ")),
        };
        for (i, column) in order.iter().enumerate().filter(|(i, _)| Some(*i) != rest) {
            let patterns = self.patterns(&places[order[i]]);
            text.push_str(&format!("                {patterns} => {column},\n"));
        }
        if let Some(rest) = rest {
            text.push_str(&format!("                _ => {},\n", order[rest]));
        }
        text.push_str("            }\n");
        text
    }

    /// The patterns of some columns: an argument of which all values lead to one column is `_`.
    fn patterns(&self, places: &[usize]) -> String {
        let counts: Vec<usize> = self.arguments.iter().map(|a| a.count).collect();
        let mut combinations: Vec<Vec<Option<usize>>> =
            places.iter().map(|&p| crate::model::digits(p, &counts).into_iter().map(Some).collect()).collect();
        for (i, &count) in counts.iter().enumerate() {
            let mut groups: Vec<(Vec<Option<usize>>, Vec<usize>)> = Vec::new();
            for combination in &combinations {
                let mut key = combination.clone();
                let Some(own) = key[i].take() else { continue };
                match groups.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, values)) => values.push(own),
                    None => groups.push((key, vec![own])),
                }
            }
            let whole: Vec<Vec<Option<usize>>> =
                groups.into_iter().filter(|(_, values)| values.len() == count).map(|(key, _)| key).collect();
            combinations.retain(|c| {
                let mut key = c.clone();
                key[i] = None;
                !whole.contains(&key)
            });
            combinations.extend(whole);
        }
        let value = |(argument, v): (&Argument<'_>, &Option<usize>)| match (v, argument.variants) {
            (Some(v), Some(variants)) => format!("{}::{}", argument.ty, variants[*v]),
            _ => "_".into(),
        };
        let pattern = |combination: &Vec<Option<usize>>| {
            let parts: Vec<String> = self.arguments.iter().zip(combination).map(value).collect();
            if let [one] = parts.as_slice() { one.clone() } else { format!("({})", parts.join(", ")) }
        };
        combinations.iter().map(pattern).collect::<Vec<_>>().join(" | ")
    }

    /// The column's place in a table, the last argument running fastest.
    fn place(&self) -> String {
        let mut text = String::new();
        for (i, argument) in self.arguments.iter().enumerate() {
            let index = format!("{}.index()", argument.name);
            text = match i {
                0 => index,
                1 => format!("{text} * {} + {index}", argument.count),
                _ => format!("({text}) * {} + {index}", argument.count),
            };
        }
        if text.is_empty() { "0".into() } else { text }
    }

    fn constant(&self, declared: &str, entries: &[String], constants: &mut String) {
        constants.push_str(&format!("\n    static {declared} = {};\n", listed(entries, 4)));
    }

    fn dense(&self, kind: &str, table: &Table, constants: &mut String) {
        let column = |c: usize| listed(&table.dense(c).iter().map(|x| literal(*x)).collect::<Vec<_>>(), 8);
        let columns: Vec<String> = (0..table.columns.len()).map(|c| format!("\n        {}", column(c))).collect();
        let declared = format!("{kind}_{}: [[f64; {}]; {}]", self.name, table.outcomes, columns.len());
        constants.push_str(&format!("\n    static {declared} = [{},\n    ];\n", columns.join(",")));
    }

    /// Where columns begin, then the outcomes that are not zero, and their probabilities.
    fn sparse(&self, constants: &mut String) -> (String, String) {
        let columns = &self.table.columns;
        let begins = columns.iter().scan(0, |at, column| {
            let own = *at;
            *at += column.len();
            Some(own.to_string())
        });
        let mut begins: Vec<String> = begins.collect();
        begins.push(self.table.stored().to_string());
        let entries = || columns.iter().flatten();
        let (stored, name) = (self.table.stored(), self.name);
        self.constant(&format!("BEGINS_{name}: [usize; {}]", begins.len()), &begins, constants);
        let outcomes: Vec<String> = entries().map(|(o, _): &(u32, f64)| o.to_string()).collect();
        self.constant(&format!("STATES_{name}: [u16; {stored}]"), &outcomes, constants);
        let table: Vec<String> = entries().map(|(_, p)| literal(*p)).collect();
        self.constant(&format!("TABLE_{name}: [f64; {stored}]"), &table, constants);
        let some =
            format!("            let at = {};\n            let some = BEGINS_{name}[at]..BEGINS_{name}[at + 1];\n", self.place());
        let all = format!("STATES_{name}[some.clone()]");
        if self.factor {
            return (
                format!("Sparse<{}>", self.returned),
                format!("{some}            Sparse::at(&{all}, &TABLE_{name}[some])\n"),
            );
        }
        // What a modality shows is stored whole.
        let each = format!(
            "            for (&outcome, &p) in {all}.iter().zip(&TABLE_{name}[some]) {{\n                column[value(outcome)] = p;\n            }}\n"
        );
        let body = format!("{some}            let mut column = Dist::zero();\n{each}            column\n");
        (format!("Dist<{}>", self.returned), body)
    }
}
