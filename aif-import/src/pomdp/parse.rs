//! The statements of a `.POMDP` file, into rows of probabilities and statements of rewards.

use super::rewards::Rewards;
use super::rows::{MOST, Rows};
use super::tokens::Cursor;
use crate::mistakes::{Complaints, Mistake, choices, mistake, quoted};
use crate::model::{Column, Values};
use crate::numbers;

/// What a file says.
#[derive(Debug, Default)]
pub struct Parsed {
    pub discount: Option<f64>,
    pub cost: bool,
    pub states: Option<Values>,
    pub actions: Option<Values>,
    pub observations: Option<Values>,
    /// Where it begins; uniform where the file does not say.
    pub start: Option<Vec<f64>>,
    /// T, `[action][state]`.
    pub transitions: Rows,
    /// O, `[action][state after]`.
    pub observed: Rows,
    pub rewards: Rewards,
    /// The last line.
    pub last: usize,
}

/// The sizes, and the names.
#[derive(Clone, Copy)]
struct Sets<'a> {
    actions: &'a Values,
    states: &'a Values,
    observations: &'a Values,
}

pub fn parse(text: &str, complaints: &mut Complaints) -> Option<Parsed> {
    let mut cursor = Cursor::new(text);
    let mut parsed = Parsed { last: cursor.last, ..Parsed::default() };
    let mut preamble = true;
    while cursor.peek().is_some() {
        if !cursor.ends() {
            let expected = "expected a statement: discount, values, states, actions, observations, start, T, O or R, and a colon";
            complaints.at(cursor.line(), format!("{}: {expected}", cursor.found()));
            cursor.next();
            cursor.skip();
            continue;
        }
        let result = statement(&mut cursor, &mut parsed, &mut preamble);
        complaints.keep(result);
        cursor.skip();
    }
    for (what, missing) in [
        ("states", parsed.states.is_none()),
        ("actions", parsed.actions.is_none()),
        ("observations", parsed.observations.is_none()),
    ] {
        // Where something else went wrong, it may be that.
        if missing && complaints.is_empty() {
            complaints.at(parsed.last, format!("the file ends without `{what}:`, expected their number or their names"));
        }
    }
    Some(parsed)
}

fn statement(cursor: &mut Cursor<'_>, parsed: &mut Parsed, preamble: &mut bool) -> Result<(), Mistake> {
    let Some(word) = cursor.next() else { return Ok(()) };
    let twice = |is: bool| if is { mistake(word.line, format!("`{}` is given twice", word.text)) } else { Ok(()) };
    cursor.colon();
    match word.text {
        "discount" => {
            twice(parsed.discount.is_some())?;
            let line = cursor.line();
            let discount = cursor.number("the discount")?;
            if !(0.0..=1.0).contains(&discount) {
                return mistake(line, format!("the discount is {}, expected a number from 0 to 1", numbers::short(discount)));
            }
            parsed.discount = Some(discount);
            cursor.end("the discount")
        }
        "values" => {
            parsed.cost = match cursor.peek().filter(|_| !cursor.ends()).map(|token| token.text) {
                Some("reward") => false,
                Some("cost") => true,
                _ => return mistake(cursor.line(), format!("{} where `reward` or `cost` is expected", cursor.found())),
            };
            cursor.next();
            cursor.end("`values`")
        }
        "states" | "actions" | "observations" => {
            let to = match word.text {
                "states" => &mut parsed.states,
                "actions" => &mut parsed.actions,
                _ => &mut parsed.observations,
            };
            twice(to.is_some())?;
            *to = Some(values(cursor, word.text)?);
            Ok(())
        }
        "start" => {
            twice(parsed.start.is_some())?;
            let Some(states) = &parsed.states else {
                return mistake(word.line, "`start` before `states`: expected the states first");
            };
            parsed.start = Some(start(cursor, states, word.line)?);
            cursor.end("the start")
        }
        table => {
            let sizes = (parsed.actions.clone(), parsed.states.clone(), parsed.observations.clone());
            let (Some(actions), Some(states), Some(observations)) = &sizes else {
                let missing =
                    [("actions", sizes.0.is_none()), ("states", sizes.1.is_none()), ("observations", sizes.2.is_none())];
                let missing: Vec<&str> = missing.into_iter().filter(|(_, is)| *is).map(|(what, _)| what).collect();
                return mistake(word.line, format!("`{table}:` before {}: expected these first", missing.join(", ")));
            };
            let sets = Sets { actions, states, observations };
            if std::mem::take(preamble) {
                let rows = actions.count().saturating_mul(states.count());
                if rows > MOST {
                    return mistake(word.line, format!("{rows} combinations of actions and states are too many: at most {MOST}"));
                }
                parsed.transitions = Rows::new(rows, states.count());
                parsed.observed = Rows::new(rows, observations.count());
            }
            match table {
                "T" => {
                    let start = parsed.start.clone();
                    rows(cursor, &mut parsed.transitions, (sets, sets.states, "state"), start, word.line)
                }
                "O" => rows(cursor, &mut parsed.observed, (sets, sets.observations, "observation"), None, word.line),
                _ => reward(cursor, &mut parsed.rewards, sets),
            }
        }
    }
}

/// A number of values, or their names.
fn values(cursor: &mut Cursor<'_>, what: &str) -> Result<Values, Mistake> {
    let line = cursor.line();
    let mut names: Vec<String> = Vec::new();
    while !cursor.ends() {
        let Some(token) = cursor.next() else { break };
        if let Some(number) = numbers::parse(token.text) {
            if !names.is_empty() {
                return mistake(
                    token.line,
                    format!("{} is a number where the name of one of the {what} is expected", quoted(token.text)),
                );
            }
            let whole = token.text.parse::<usize>().ok().filter(|count| (1..=65_536).contains(count));
            let Some(count) = whole else {
                return mistake(
                    token.line,
                    format!("{} {what}, expected a whole number from 1 to 65536", numbers::short(number)),
                );
            };
            cursor.end(&format!("the number of {what}"))?;
            return Ok(Values::Count(count));
        }
        let name = token.text;
        if name == ":" || name == "*" || !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return mistake(
                token.line,
                format!("{} is no name of one of the {what}: expected one that begins with a letter", quoted(name)),
            );
        }
        if names.iter().any(|other| other == name) {
            return mistake(token.line, format!("{} is one of the {what} already", quoted(name)));
        }
        names.push(name.into());
    }
    if names.is_empty() {
        mistake(line, format!("no {what} are given: expected their number or their names"))
    } else {
        Ok(Values::Named(names))
    }
}

/// The value that a word names, by its name or its number.
fn value(word: &str, values: &Values, what: &str, line: usize) -> Result<usize, Mistake> {
    let by_name = values.names().and_then(|names| names.iter().position(|name| name == word));
    if let Some(found) = by_name.or_else(|| word.parse().ok().filter(|&i: &usize| i < values.count())) {
        return Ok(found);
    }
    let expected = match values {
        Values::Named(names) => choices(names),
        Values::Count(count) => format!("a number from 0 to {}", count - 1),
    };
    mistake(line, format!("{} is no {what}: expected {expected}", quoted(word)))
}

/// The value that is next; `None` is a wildcard.
fn reference(cursor: &mut Cursor<'_>, values: &Values, what: &str) -> Result<Option<usize>, Mistake> {
    let line = cursor.line();
    let Some(token) = cursor.peek().filter(|token| !cursor.ends() && token.text != ":") else {
        return mistake(line, format!("{} where {what} is expected", cursor.found()));
    };
    cursor.next();
    if token.text == "*" { Ok(None) } else { value(token.text, values, what, line).map(Some) }
}

/// Where it begins.
fn start(cursor: &mut Cursor<'_>, states: &Values, line: usize) -> Result<Vec<f64>, Mistake> {
    let count = states.count();
    let even = |chosen: &[bool]| {
        let n = chosen.iter().filter(|c| **c).count();
        chosen.iter().map(|c| if *c { 1.0 / n as f64 } else { 0.0 }).collect::<Vec<f64>>()
    };
    let included = cursor.word("include");
    if included || cursor.word("exclude") {
        if !cursor.colon() {
            return mistake(cursor.line(), format!("{} where a colon is expected: `start include: ..`", cursor.found()));
        }
        let mut chosen = vec![!included; count];
        let mut any = false;
        while !cursor.ends() {
            let Some(token) = cursor.next() else { break };
            chosen[value(token.text, states, "state", token.line)?] = included;
            any = true;
        }
        if !any || !chosen.contains(&true) {
            return mistake(line, "no state is left to start in: expected at least one");
        }
        return Ok(even(&chosen));
    }
    if cursor.word("uniform") {
        return Ok(even(&vec![true; count]));
    }
    let Some(token) = cursor.peek().filter(|_| !cursor.ends()) else {
        return mistake(
            cursor.line(),
            format!("{} where the start is expected: `uniform`, a state, or {count} probabilities", cursor.found()),
        );
    };
    // One number, of more states than one, is that of a state.
    let number = numbers::parse(token.text);
    if number.is_none() || (count > 1 && token.text.parse::<usize>().is_ok() && alone(cursor)) {
        cursor.next();
        let state = value(token.text, states, "state", token.line)?;
        return Ok((0..count).map(|s| if s == state { 1.0 } else { 0.0 }).collect());
    }
    let list = cursor.numbers(count, "start probability")?;
    numbers::listed(&list).or_else(|wrong| mistake(line, format!("the start {wrong}")))
}

/// Whether the next word is the last of its statement.
fn alone(cursor: &mut Cursor<'_>) -> bool {
    let word = cursor.peek();
    cursor.next();
    let is = cursor.ends();
    cursor.back(word.is_some());
    is
}

/// What a row, or all rows, is given as.
fn row(cursor: &mut Cursor<'_>, outcomes: usize, what: &str) -> Result<Column, Mistake> {
    if cursor.word("uniform") {
        return Ok((0..outcomes as u32).map(|o| (o, 1.0 / outcomes as f64)).collect());
    }
    cursor.numbers(outcomes, what).map(|list| numbers::sparse(&list))
}

/// `T: ..` and `O: ..`: one entry, a row, or a matrix.
fn rows(
    cursor: &mut Cursor<'_>,
    to: &mut Rows,
    (sets, outcomes, what): (Sets<'_>, &Values, &str),
    reset: Option<Vec<f64>>,
    line: usize,
) -> Result<(), Mistake> {
    let (states, count) = (sets.states.count(), to.outcomes);
    let span = |i: Option<usize>, n: usize| i.map_or(0..n, |i| i..i + 1);
    let probability = format!("the probability of {what}");
    let action = reference(cursor, sets.actions, "action")?;
    let actions = span(action, sets.actions.count());
    let room = |to: &Rows, entries: usize| {
        if to.stored.saturating_add(entries) > MOST {
            return mistake(line, format!("more than {MOST} numbers are too many for a table"));
        }
        Ok(())
    };
    if !cursor.colon() {
        if cursor.word("identity") {
            if states != count {
                return mistake(
                    line,
                    format!("`identity` of {states} states and {count} observations: expected as many of both"),
                );
            }
            for a in actions {
                (0..states).for_each(|s| to.replace(a * states + s, &vec![(s as u32, 1.0)], line));
            }
            return cursor.end("`identity`");
        }
        let all = actions.len().saturating_mul(states);
        if cursor.word("uniform") {
            room(to, all.saturating_mul(count))?;
            let even: Column = (0..count as u32).map(|o| (o, 1.0 / count as f64)).collect();
            actions.for_each(|a| (0..states).for_each(|s| to.replace(a * states + s, &even, line)));
            return cursor.end("`uniform`");
        }
        for s in 0..states {
            let own = cursor.line();
            let list = numbers::sparse(&cursor.numbers(count, &format!("row {} of {states}, {probability}", s + 1))?);
            room(to, actions.len().saturating_mul(list.len()))?;
            actions.clone().for_each(|a| to.replace(a * states + s, &list, own));
        }
        return cursor.end("the matrix");
    }
    let from = span(reference(cursor, sets.states, "state")?, states);
    if !cursor.colon() {
        let own = if cursor.word("reset") {
            match reset {
                Some(start) => numbers::sparse(&start),
                None if what == "state" => (0..count as u32).map(|o| (o, 1.0 / count as f64)).collect(),
                None => return mistake(line, "`reset` is the start of a transition, `T:`; nothing is reset in `O:`"),
            }
        } else {
            row(cursor, count, &probability)?
        };
        room(to, actions.len().saturating_mul(from.len()).saturating_mul(own.len()))?;
        actions.for_each(|a| from.clone().for_each(|s| to.replace(a * states + s, &own, line)));
        return cursor.end("the row");
    }
    let outcome = span(reference(cursor, outcomes, what)?, count);
    let own = cursor.line();
    let p = cursor.number("the probability")?;
    if !(0.0..=1.0).contains(&p) {
        return mistake(own, format!("{} is no probability: expected a number from 0 to 1", numbers::short(p)));
    }
    room(to, actions.len().saturating_mul(from.len()).saturating_mul(outcome.len()))?;
    actions.for_each(|a| {
        from.clone().for_each(|s| outcome.clone().for_each(|o| to.set(a * states + s, o, p, line)));
    });
    cursor.end("the probability")
}

/// `R: ..`: one reward, a row over observations, or a matrix over next states and observations.
fn reward(cursor: &mut Cursor<'_>, to: &mut Rewards, sets: Sets<'_>) -> Result<(), Mistake> {
    let action = reference(cursor, sets.actions, "action")?;
    let colon = |cursor: &mut Cursor<'_>, what: &str| {
        if cursor.colon() {
            Ok(())
        } else {
            mistake(cursor.line(), format!("{} where a colon and {what} are expected", cursor.found()))
        }
    };
    colon(cursor, "the state before")?;
    let before = reference(cursor, sets.states, "state")?;
    let observations = sets.observations.count();
    if !cursor.colon() {
        for next in 0..sets.states.count() {
            let what = format!("row {} of {}, the reward of observation", next + 1, sets.states.count());
            for (o, value) in cursor.numbers(observations, &what)?.into_iter().enumerate() {
                to.set([action, before, Some(next), Some(o)], value);
            }
        }
        return cursor.end("the matrix of rewards");
    }
    let after = reference(cursor, sets.states, "state")?;
    if !cursor.colon() {
        for (o, value) in cursor.numbers(observations, "the reward of observation")?.into_iter().enumerate() {
            to.set([action, before, after, Some(o)], value);
        }
        return cursor.end("the row of rewards");
    }
    let seen = reference(cursor, sets.observations, "observation")?;
    let value = cursor.number("the reward")?;
    to.set([action, before, after, seen], value);
    cursor.end("the reward")
}
