//! Arrays of any number of dimensions, with the lines of their numbers; and the tables that are made of them.

use crate::json::{Json, Node};
use crate::mistakes::{Mistake, mistake};
use crate::model::{Column, Table, digits};
use crate::numbers;

/// Numbers, the last index running fastest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Vec<f64>,
    /// The line of each number; empty where the file has no lines.
    pub lines: Vec<usize>,
    /// Where it begins.
    pub line: usize,
}

impl Tensor {
    /// From lists in lists.
    pub fn of(node: &Node, what: &str) -> Result<Tensor, Mistake> {
        let mut tensor = Tensor { line: node.line, ..Tensor::default() };
        tensor.take(node, 0, what)?;
        Ok(tensor)
    }

    fn take(&mut self, node: &Node, depth: usize, what: &str) -> Result<(), Mistake> {
        // Until the first number is found, lists say how long they are; after it, all of a depth are as long.
        let first = self.data.is_empty();
        match &node.value {
            Json::Number(x) if first || depth == self.shape.len() => {
                self.data.push(*x);
                self.lines.push(node.line);
                Ok(())
            }
            Json::Truth(is) if first || depth == self.shape.len() => {
                self.data.push(f64::from(u8::from(*is)));
                self.lines.push(node.line);
                Ok(())
            }
            Json::List(list) if !list.is_empty() && (first || depth < self.shape.len()) => {
                if first && depth == self.shape.len() {
                    self.shape.push(list.len());
                } else if self.shape[depth] != list.len() {
                    let text =
                        format!("{what} has {} numbers or lists here, expected {} as before", list.len(), self.shape[depth]);
                    return mistake(node.line, text);
                }
                list.iter().try_for_each(|inner| self.take(inner, depth + 1, what))
            }
            Json::List(list) if list.is_empty() => mistake(node.line, format!("{what} has an empty list: expected numbers")),
            _ => mistake(
                node.line,
                format!(
                    "{what} has {} where {} is expected",
                    node.words(),
                    if depth < self.shape.len() { "a list" } else { "a number" }
                ),
            ),
        }
    }

    /// The line of a number.
    pub fn line_of(&self, at: usize) -> usize {
        self.lines.get(at).copied().unwrap_or(self.line)
    }

    /// The same numbers in another shape, where the two differ in dimensions of one alone.
    pub fn shaped(&self, shape: &[usize]) -> Option<Tensor> {
        let long = |shape: &[usize]| shape.iter().copied().filter(|n| *n != 1).collect::<Vec<_>>();
        (long(&self.shape) == long(shape)).then(|| Tensor { shape: shape.to_vec(), ..self.clone() })
    }

    /// The same in this shape, or what is wrong.
    pub fn expect(&self, shape: &[usize], what: &str) -> Result<Tensor, Mistake> {
        match self.shaped(shape) {
            Some(tensor) => Ok(tensor),
            None => mistake(self.line, format!("{what} has the shape {}, expected {}", sizes(&self.shape), sizes(shape))),
        }
    }

    /// The same with its dimensions in another order: the new `i`th is the old `order[i]`th.
    pub fn transposed(&self, order: &[usize]) -> Tensor {
        let shape: Vec<usize> = order.iter().map(|&d| self.shape[d]).collect();
        let mut strides = vec![1; self.shape.len()];
        for d in (1..self.shape.len()).rev() {
            strides[d - 1] = strides[d] * self.shape[d];
        }
        let from = |i: usize| digits(i, &shape).iter().zip(order).map(|(digit, &d)| digit * strides[d]).sum::<usize>();
        let places: Vec<usize> = (0..self.data.len()).map(from).collect();
        let lines = if self.lines.is_empty() { Vec::new() } else { places.iter().map(|&p| self.lines[p]).collect() };
        Tensor { data: places.iter().map(|&p| self.data[p]).collect(), lines, shape, line: self.line }
    }

    /// The columns of a table `[outcome][parent ..][action ..]`, the last `actions` dimensions being those of actions; with the line of each.
    pub fn columns(&self, actions: usize) -> (Table, Vec<usize>) {
        let outcomes = self.shape.first().copied().unwrap_or(1);
        let rest = self.data.len() / outcomes.max(1);
        let local: usize = self.shape[self.shape.len() - actions..].iter().product();
        let contexts = rest / local.max(1);
        let (mut columns, mut lines) = (Vec::with_capacity(rest), Vec::with_capacity(rest));
        for action in 0..local {
            for context in 0..contexts {
                let at = |o: usize| o * rest + context * local + action;
                let column: Column = (0..outcomes).map(|o| (o as u32, self.data[at(o)])).filter(|(_, p)| *p != 0.0).collect();
                columns.push(column);
                lines.push(self.line_of(at(0)));
            }
        }
        (Table { outcomes, columns }, lines)
    }

    /// A table of distributions.
    pub fn distributions(&self, actions: usize, what: &str) -> Result<Table, Mistake> {
        let (mut table, lines) = self.columns(actions);
        for (i, column) in table.columns.iter_mut().enumerate() {
            if let Err(wrong) = numbers::distribution(column) {
                return mistake(lines[i], format!("column {i} of {what} {wrong}"));
            }
        }
        Ok(table)
    }

    /// A table of counts.
    pub fn counts(&self, actions: usize, what: &str) -> Result<Table, Mistake> {
        let (table, lines) = self.columns(actions);
        for (i, column) in table.columns.iter().enumerate() {
            let list: Vec<f64> = column.iter().map(|(_, c)| *c).collect();
            if let Err(wrong) = numbers::counts(&list) {
                return mistake(lines[i], format!("column {i} of {what} {wrong}"));
            }
        }
        Ok(table)
    }
}

/// `3 x 2`.
pub fn sizes(shape: &[usize]) -> String {
    if shape.is_empty() { "of one number".into() } else { shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ") }
}
